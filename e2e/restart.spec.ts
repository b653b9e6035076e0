import { expect } from '@playwright/test';
import { nestIdOf, test } from './support/journey.ts';
import { allHearAgain, measure, watch, withinLimits, type Measured } from './support/listening.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();
// Each may try three times, and waits for what takes a machine under load longer.
test.describe.configure({ timeout: 300_000 });

/** What a restart may cost an ear. The promise is 60 ms; here three browsers share the machine with all the servers. */
const ALLOWED = { gapMs: 120, doublingMs: 20 };

test('the host restarts: the same nest in another room, and everybody hears on without a click', async ({
  people,
}) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack());
  const roomsOfNest = async (): Promise<string[]> =>
    (await stack().livekit.listRooms()).map(({ name }) => name).filter((name) => name.startsWith(nest.id));

  /** One restart, with all that must be true of each. */
  const restart = async (): Promise<Measured[]> => {
    const before = await roomsOfNest();
    expect(before).toHaveLength(1);
    const watches = await watch(ears);
    await ann.page.getByRole('button', { name: 'Restart', exact: true }).click();
    for (const person of [ben, cleo]) {
      await expect(person.page.getByText('The host restarted the nest').first()).toBeVisible();
    }
    await expect.poll(roomsOfNest, 'the old room is gone').not.toContain(before[0]);
    const after = await roomsOfNest();
    expect(after, 'there is another one').toHaveLength(1);
    await allHearAgain(watches);
    const [room] = await stack().livekit.listRooms(after);
    expect(room?.numParticipants, 'everybody is in the new room').toBe(3);
    for (const person of [ann, ben, cleo]) expect(nestIdOf(person)).toBe(nest.id);
    return measure(watches);
  };

  await withinLimits('restart', ALLOWED, restart);
});
