import { expect } from '@playwright/test';
import { nestIdOf, test } from './support/journey.ts';
import { allHearAgain, measure, report, watch } from './support/listening.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();

test('the host restarts: the same nest in another room, and everybody hears on without a click', async ({
  people,
}) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack());
  const roomsOfNest = async (): Promise<string[]> =>
    (await stack().livekit.listRooms()).map(({ name }) => name).filter((name) => name.startsWith(nest.id));
  const [before] = await roomsOfNest();
  expect(before).toBeDefined();

  const watches = await watch(ears);
  await ann.page.getByRole('button', { name: 'Restart', exact: true }).click();
  for (const person of [ben, cleo]) {
    await expect(person.page.getByText('The host restarted the nest').first()).toBeVisible();
  }
  await expect.poll(roomsOfNest, 'the old room is gone, another is there').not.toContain(before);
  const after = await roomsOfNest();
  expect(after).toHaveLength(1);

  await allHearAgain(watches);
  const measured = await measure(watches);
  report('restart', measured);
  for (const person of [ann, ben, cleo]) expect(nestIdOf(person)).toBe(nest.id);
  const [room] = await stack().livekit.listRooms(after);
  expect(room?.numParticipants, 'everybody is in the new room').toBe(3);
  for (const { gapMs, doublingMs } of measured) {
    expect(gapMs).toBeLessThanOrEqual(150);
    expect(doublingMs).toBeLessThanOrEqual(60);
  }
});
