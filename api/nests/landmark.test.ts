import { beforeEach, describe, expect, it } from 'vitest';
import { person, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');

let world: World;
let id: string;
beforeEach(async () => {
  world = new World({ landmark: true });
  await world.sweep.once('all');
  ({ roomId: id } = await world.openNest(host));
  await world.enter(id, ann);
  await world.settled();
});

const landmarks = (): string[] => world.media.roomNames.filter((name) => name.startsWith('nests-landmark-'));
const generation = async (): Promise<number> => (await world.record(id)).generation;

describe('a landmark in the list of LiveKit', () => {
  it('is put up once, is never anybody’s nest, and outlives any silence', async () => {
    const [first, ...others] = landmarks();
    expect([first, others]).toEqual([expect.any(String), []]);
    const before = await generation();
    await world.clock.sleep(86_400_000);
    await world.sweep.once('all');
    await world.addReplica().sweep.once('all');
    expect(landmarks()).toEqual([first]);
    expect(await generation()).toBe(before);
  });

  it('shows that the list was lost, although the room of a nest is on it again', async () => {
    const talker = await world.enter(id, 'guest');
    const [before, old] = [await generation(), landmarks()];
    world.media.wipe();
    world.media.relist(`${id}:${before}`);
    await world.sweep.once('live');
    expect(await generation()).toBe(before + 1);
    await world.clock.sleep(100);
    expect(talker.inbox).toContainEqual({ type: 'restarted', generation: before + 1 });
    expect(landmarks()).toHaveLength(1);
    expect(landmarks()).not.toEqual(old);
    talker.leave();

    await world.clock.sleep(40_000);
    await world.sweep.once('live');
    expect(await generation(), 'once is enough').toBe(before + 1);
  });

  it('shows it also for a room that is written back to the list only while that is looked through', async () => {
    const talker = await world.enter(id, 'guest');
    const before = await generation();
    world.media.wipe();
    const rooms = world.media.rooms.bind(world.media);
    world.media.rooms = async (names) => {
      const found = await rooms(names);
      if (names === undefined) world.media.relist(`${id}:${before}`);
      return found;
    };
    await world.sweep.once('live');
    expect(await generation()).toBe(before + 1);
    await world.clock.sleep(100);
    expect(talker.inbox).toContainEqual({ type: 'restarted', generation: before + 1 });
  });

  it('shows it also to a process that was not there then', async () => {
    const before = await generation();
    world.media.wipe();
    world.media.relist(`${id}:${before}`);
    const next = world.addReplica();
    await world.clock.sleep(20_000);
    await next.sweep.once('live');
    expect(await generation()).toBe(before + 1);
  });

  it('stays lost until a sweep has put up another', async () => {
    const before = await generation();
    world.media.wipe();
    world.media.relist(`${id}:${before}`);
    world.media.faults.next('createRoom', 'ok', 'lost before');
    await expect(world.sweep.once('live')).rejects.toThrow();
    expect(landmarks()).toEqual([]);
    await world.sweep.once('live');
    expect(landmarks()).toHaveLength(1);
  });

  it('does not drive people around where LiveKit keeps none', async () => {
    const before = await generation();
    for (let seconds = 0; seconds < 25; seconds += 5) {
      for (const name of landmarks()) await world.media.deleteRoom(name);
      await world.sweep.once('live');
      await world.clock.sleep(5_000);
    }
    expect(await generation()).toBe(before + 1);
  });

  it('is not needed where LiveKit keeps its list in its own memory', async () => {
    world = new World();
    await world.openNest(host);
    await world.sweep.once('all');
    expect(landmarks()).toEqual([]);
  });
});
