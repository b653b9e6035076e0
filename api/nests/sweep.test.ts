import { beforeEach, describe, expect, it } from 'vitest';
import { person, refusal, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');

let world: World;
let id: string;
beforeEach(async () => {
  world = new World();
  ({ roomId: id } = await world.openNest(host));
  await world.settled();
});

describe('the sweep', () => {
  it('changes nothing where nothing is wrong', async () => {
    await world.enter(id, ann);
    await world.sweep.once('all');
    const before = await world.truth.all();
    world.media.calls.length = 0;
    await world.sweep.once('all');
    await world.sweep.once('live');
    expect(await world.truth.all()).toEqual(before);
    expect(new Set(world.media.calls)).toEqual(new Set(['rooms', 'participants']));
    expect(Object.values(world.repairs).every((count) => count === 0)).toBe(true);
  });

  it('is made by one replica at a time, and another takes over', async () => {
    const other = world.addReplica();
    expect(await world.sweep.once('live')).toBe(true);
    expect(await other.sweep.once('live')).toBe(false);
    expect(await world.sweep.once('live')).toBe(true);
    await world.clock.sleep(16_000);
    expect(await other.sweep.once('live')).toBe(true);
    expect(await world.sweep.once('live')).toBe(false);
  });

  it('never touches what is not ours', async () => {
    const foreign = ['a room', 'room:x', 'room:0', ':1', `${id}:77`, 'somebody:1'];
    for (const name of foreign)
      await world.media.createRoom(name, { metadata: 'not ours', maxParticipants: 5 });
    await world.sweep.once('all');
    await world.sweep.once('all');
    expect(world.media.roomNames).toEqual([`${id}:1`, ...foreign]);
  });

  it('removes rooms of old generations that nobody names any more', async () => {
    const old = world.media.metadataOf(`${id}:1`) ?? '';
    await world.nests.restart(id, host.pubkey);
    await world.settled();
    await world.media.createRoom(`${id}:1`, { metadata: old, maxParticipants: 5 });
    await world.sweep.once('live');
    expect(world.media.roomNames).toEqual([`${id}:2`]);
    expect(world.repairs.room_orphan).toBe(1);
  });

  it('does not take a room that is just being made for an orphan', async () => {
    const replica = world.addReplica();
    const createRoom = world.media.createRoom.bind(world.media);
    world.media.createRoom = async (...args) => {
      const room = await createRoom(...args);
      await world.clock.sleep(500);
      return room;
    };
    const restart = world.nests.restart(id, host.pubkey);
    await world.clock.sleep(100);
    await replica.sweep.once('live');
    const { entry } = await restart;
    expect(world.media.connect(entry.token).isInside()).toBe(true);
  });

  it('gives nobody more or less than the record does', async () => {
    const [listener, speaker] = [await world.enter(id, ann), await world.enter(id, host)];
    const room = `${id}:1`;
    await world.media.setRole(room, listener.identity, {
      role: 'speaker',
      pubkey: ann.pubkey,
      canPublish: true,
    });
    await world.media.setRole(room, speaker.identity, {
      role: 'listener',
      pubkey: host.pubkey,
      canPublish: false,
    });
    await world.sweep.once('all');
    expect([listener.mayPublish(), speaker.mayPublish()]).toEqual([false, true]);
    expect(world.repairs.rights_corrected).toBe(2);
  });

  it('keeps a nest alive while somebody is inside', async () => {
    await world.enter(id, ann);
    for (let hour = 0; hour < 30; hour += 1) {
      await world.clock.sleep(3_600_000);
      await world.sweep.once('all');
    }
    expect(await refusal(world.nests.info(id, null))).toBe('no refusal');
    expect((await world.record(id)).generation).toBe(1);
  });

  it('forgets tombstones after thirty days', async () => {
    await world.nests.end(id, host.pubkey);
    await world.settled();
    await world.clock.sleep(30 * 24 * 3_600_000 - 60_000);
    await world.sweep.once('all');
    expect(await refusal(world.nests.join(id, ann))).toBe('ended');
    await world.clock.sleep(60_000);
    await world.sweep.once('all');
    expect(await refusal(world.nests.join(id, ann))).toBe('room_not_found');
  });

  it('judges nothing when the store or LiveKit does not answer', async () => {
    const listener = await world.enter(id, ann);
    await world.sweep.once('live');
    const before = await world.record(id);
    for (const faults of [world.storeFaults, world.media.faults]) {
      faults.down = true;
      await expect(world.sweep.once('all')).rejects.toThrow('lost');
      faults.down = false;
    }
    expect(await world.record(id)).toEqual(before);
    expect(listener.isInside()).toBe(true);
  });

  it('does not leave the others because one nest fails', async () => {
    const other = await world.openNest(ann);
    await world.enter(id, 'guest');
    await world.enter(other.roomId, 'guest');
    await world.sweep.once('live');
    world.media.kill();
    world.media.faults.next('createRoom', 'lost before');
    await world.sweep.once('live');
    const generations = [await world.record(id), await world.record(other.roomId)].map(
      ({ generation }) => generation,
    );
    expect(generations.sort()).toEqual([1, 2]);
    await world.sweep.once('live');
    expect((await world.truth.active()).map(({ generation, pending }) => [generation > 1, pending])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
  });

  it('heals a hundred nests after LiveKit died, with one second of doubt for all', async () => {
    for (let count = 0; count < 99; count += 1) {
      const { roomId } = await world.openNest(person(`host ${count}`));
      await world.enter(roomId, 'guest');
    }
    await world.enter(id, 'guest');
    await world.sweep.once('live');
    world.media.kill();
    const began = world.clock.now();
    await world.sweep.once('live');
    expect(world.clock.now() - began).toBe(1_000);
    expect(world.repairs.nest_healed).toBe(100);
    await world.settled();
    expect(world.media.roomNames).toHaveLength(100);
  });

  it('runs by itself until it is stopped: live nests every five seconds, all every minute', async () => {
    const calls = () => world.storeCalls.filter((call) => call === 'purge').length;
    world.sweep.start();
    world.sweep.start();
    await world.clock.sleep(121_000);
    expect(calls()).toBe(3);
    expect(world.storeCalls.filter((call) => call === 'active')).toHaveLength(25);
    await world.sweep.stop();
    await world.clock.sleep(120_000);
    expect(calls()).toBe(3);
  });

  it('says once that it cannot, and once that it can again', async () => {
    world.sweep.start();
    await world.clock.sleep(1_000);
    world.media.faults.down = true;
    await world.clock.sleep(30_000);
    world.media.faults.down = false;
    await world.clock.sleep(10_000);
    await world.sweep.stop();
    const said = world.lines.map(({ message }) => message).filter((message) => message.includes('weep'));
    expect(said).toEqual(['A sweep was not possible', 'Sweeping again']);
  });

  it('leaves nothing waiting when it stops', async () => {
    const straggler = await world.enter(id, ann);
    await world.nests.restart(id, host.pubkey);
    const asked = world.clock.now();
    await world.sweep.stop();
    await world.settled();
    expect(world.clock.now()).toBe(asked);
    expect(straggler.isInside()).toBe(true);
    // The next process finds what is left to do.
    const next = world.addReplica();
    await world.clock.sleep(5_000);
    await next.sweep.once('live');
    expect(straggler.isInside()).toBe(false);
  });
});
