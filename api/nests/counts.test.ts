import { expect, it, vi } from 'vitest';
import { person, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');

it('tells how many are inside once more after a while: others told it, too, and the last may have been wrong', async () => {
  const world = new World();
  const { roomId } = await world.openNest(host);
  await world.enter(roomId, ann);
  const counts = () => world.toldAbout(roomId).filter(({ type }) => type === 'participants');
  await world.sweep.once('live');
  const before = counts().length;
  await world.sweep.once('live');
  expect(counts()).toHaveLength(before);
  world.sweep.tidyHere();
  await world.sweep.once('live');
  expect(counts()).toHaveLength(before + 1);
  expect(counts().at(-1)).toEqual(counts().at(-2));
});

it('tidies what a replica remembers also where another one sweeps', async () => {
  const world = new World();
  const idle = world.addReplica();
  const swept = vi.spyOn(world.sweep, 'tidyHere');
  const tidied = vi.spyOn(idle.sweep, 'tidyHere');
  world.sweep.start();
  await world.clock.sleep(100);
  idle.sweep.start();
  await world.clock.sleep(3 * 60_000);
  expect(idle.sweep.lastAt).toBeUndefined();
  expect(tidied.mock.calls.length).toBeGreaterThanOrEqual(2);
  expect(swept.mock.calls.length).toBeGreaterThanOrEqual(2);
  await Promise.all([world.sweep.stop(), idle.sweep.stop()]);
});
