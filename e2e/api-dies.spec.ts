import { expect } from '@playwright/test';
import { comeOnStage, connected, hears, joinSignedIn, test, unmute } from './support/journey.ts';
import { allHearAgain, measure, watch, withinLimits } from './support/listening.ts';
import { call } from './support/keyholder.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();
// Each may try three times, and waits for what takes a machine under load longer.
test.describe.configure({ timeout: 300_000 });

test('the API is killed and comes back: no audio is lost, and the nest is as it was', async ({ people }) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack());
  const info = () => call('GET', `${stack().url}/api/v1/nests/${nest.id}/info`).then(({ body }) => body);
  const before = await info();

  await withinLimits('API killed', { gapMs: 60, doublingMs: 20 }, async () => {
    const watches = await watch(ears);
    await stack().kill('api');
    await expect.poll(isReady, { timeout: 30_000 }).toBe(true);
    await allHearAgain(watches, { steadyS: 3 });
    return measure(watches);
  });

  await expect.poll(info).toEqual(before);
  for (const person of [ann, ben, cleo]) await expect(connected(person)).toBeVisible();

  const dora = await people.arrive('Dora', { tone: 880 });
  await joinSignedIn(dora, nest.link);
  await comeOnStage(dora, ann);
  await unmute(dora);
  await hears(ben, 880);
});

/** Whether the API wants traffic. */
async function isReady(): Promise<boolean> {
  return call('GET', `${stack().url}/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
