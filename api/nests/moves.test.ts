import { describe, expect, it } from 'vitest';
import { person, World } from './testing/world.ts';

const host = person('host');

describe('a move to another room', () => {
  it('that was overtaken leaves no room behind', async () => {
    const world = new World();
    const { roomId } = await world.openNest(host);
    const createRoom = world.media.createRoom.bind(world.media);
    world.media.createRoom = async (...args) => {
      // The first one takes so long that the nest goes on without it.
      world.media.createRoom = createRoom;
      await world.clock.sleep(25_000);
      return createRoom(...args);
    };
    const slow = world.nests.restart(roomId, host.pubkey);
    await world.clock.sleep(21_000);
    const { generation } = await world.addReplica().nests.guest(roomId);
    expect(generation).toBe(3);
    const { entry } = await slow;
    expect(entry.generation).toBe(3);
    await world.settled();
    expect(world.media.roomNames).toEqual([`${roomId}:3`]);
  });

  it('does not close a room early that people are just leaving', async () => {
    const world = new World();
    const { roomId } = await world.openNest(host);
    const createRoom = world.media.createRoom.bind(world.media);
    world.media.createRoom = async (...args) => {
      world.media.createRoom = createRoom;
      const room = await createRoom(...args);
      await world.clock.sleep(3_000);
      return room;
    };
    const slow = world.nests.restart(roomId, host.pubkey);
    await world.clock.sleep(100);
    const other = world.addReplica();
    const listener = world.media.connect((await other.nests.guest(roomId)).token);
    await world.clock.sleep(2_500);
    await other.nests.restart(roomId, host.pubkey);
    expect(listener.room).toBe(`${roomId}:2`);
    expect((await slow).entry.generation).toBe(3);
    await world.clock.sleep(1_000);
    expect(listener.isInside()).toBe(true);
  });
});
