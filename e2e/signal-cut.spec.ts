import { expect } from '@playwright/test';
import { connected, test } from './support/journey.ts';
import { allHearAgain, measure, report, watch } from './support/listening.ts';
import { conversation } from './support/scenes.ts';
import { SignalProxy } from './support/signal-proxy.ts';
import { Stack } from './support/stack.ts';

/**
 * What an ear may miss while a resume sends the media over a new path: LiveKit restarts ICE at both ends. A full reconnect
 * costs more than four seconds, and everybody's place in the room.
 */
const RESUME_MS = 600;

let proxy: SignalProxy;
let stack: Stack;

test.beforeAll(async () => {
  test.setTimeout(310_000);
  proxy = await SignalProxy.start();
  stack = await Stack.start({ env: { LIVEKIT_PUBLIC_URL: proxy.url } });
  proxy.leadTo(stack.ports.LIVEKIT_PORT);
});
test.afterAll(async () => {
  await stack.stop();
  proxy.stop();
});

test('the signal connections break: everybody resumes, and the sound hardly stops', async ({ people }) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack);
  const everybody = [ann, ben, cleo];
  const watches = await watch(ears);
  const before = await whoIsIn(nest.id);
  expect(before).toHaveLength(3);
  const connections = proxy.connections;

  // It may stand there for less than a second: everybody is looked at from before the cut on.
  const noticed = everybody.map(({ page }) =>
    page
      .getByText(/^Reconnecting/)
      .first()
      .waitFor(),
  );
  expect(proxy.cut(), 'everybody had a signal connection').toBe(3);
  await Promise.all(noticed);
  for (const person of everybody) await expect(connected(person)).toBeVisible();
  await allHearAgain(watches);

  expect(proxy.connections - connections, 'everybody came back').toBeGreaterThanOrEqual(3);
  const figures = await measure(watches);
  report('signal cut', figures);
  // A full reconnect is another join at LiveKit, with another id.
  expect(await whoIsIn(nest.id), 'everybody resumed').toEqual(before);
  for (const { gapMs, doublingMs } of figures) {
    expect(gapMs).toBeLessThan(RESUME_MS);
    expect(doublingMs).toBeLessThanOrEqual(20);
  }
});

/** The ids of everybody's visits, and of what they publish, as LiveKit has them. */
async function whoIsIn(nestId: string): Promise<string[]> {
  const people = await stack.livekit.listParticipants(`${nestId}:1`);
  return people
    .map(({ identity, sid, tracks }) => [identity, sid, ...tracks.map((track) => track.sid)].join(' '))
    .sort();
}
