import { beforeEach, describe, expect, it } from 'vitest';
import { stateOf } from './life.ts';
import type { Entry } from './use-cases.ts';
import { person, refusal, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');
const eve = person('eve');

describe('restarting a nest that is known', () => {
  let world: World;
  let id: string;
  let first: Entry;
  beforeEach(async () => {
    world = new World();
    first = await world.openNest(host, { hls_stream: true, capacity: 99 });
    id = first.roomId;
    await world.nests.permissions(id, host, { participant: ann.pubkey, is_admin: true });
    await world.nests.remove(id, host, { participant: eve.pubkey, ban: true });
  });

  it('keeps id, people, bans and options, in a new room', async () => {
    const before = await world.record(id);
    const restarted = await world.nests.restart(id, host.pubkey);
    expect(restarted).toMatchObject({ isNewRoom: false, entry: { roomId: id, generation: 2, role: 'host' } });
    const after = await world.record(id);
    expect(after).toMatchObject({ generation: 2, restartedAt: world.clock.now(), status: 'active' });
    for (const key of [
      'host',
      'speakers',
      'admins',
      'relays',
      'hls_stream',
      'capacity',
      'createdAt',
    ] as const) {
      expect(after[key]).toEqual(before[key]);
    }
    expect(after.bans).toMatchObject([{ pubkey: eve.pubkey, by: host.pubkey }]);
    expect(world.media.connect(restarted.entry.token).room).toBe(`${id}:2`);
  });

  it('tells everybody, on the feed and in the old room, and lets them move without a gap', async () => {
    const listener = await world.enter(id, ann);
    await world.nests.restart(id, host.pubkey);
    expect(world.toldAbout(id)).toEqual([{ type: 'restarted', generation: 2 }]);
    await world.clock.sleep(100);
    expect(listener.inbox).toEqual([{ type: 'restarted', generation: 2 }]);
    const again = await world.enter(id, ann);
    expect([listener.isInside(), again.isInside()]).toEqual([true, true]);
    listener.leave();
    await world.clock.sleep(500);
    expect(world.media.roomNames).toEqual([`${id}:2`]);
    expect((await world.record(id)).retired).toEqual([]);
  });

  it('closes the old room after five seconds at the latest', async () => {
    const straggler = await world.enter(id, ann);
    await world.nests.restart(id, host.pubkey);
    await world.clock.sleep(4_900);
    expect(straggler.isInside()).toBe(true);
    await world.clock.sleep(600);
    expect(straggler.isInside()).toBe(false);
    expect(world.media.roomNames).toEqual([`${id}:2`]);
  });

  it('is for the host alone, and changes nothing for others', async () => {
    const before = await world.record(id);
    for (const { pubkey } of [ann, eve]) {
      expect(await refusal(world.nests.restart(id, pubkey))).toBe('not_host_restart');
    }
    expect(await world.record(id)).toEqual(before);
    expect(world.media.roomNames).toEqual([`${id}:1`]);
  });

  it('by two devices at once is one restart', async () => {
    const replica = world.addReplica();
    const restarts = await Promise.all([
      world.nests.restart(id, host.pubkey),
      replica.nests.restart(id, host.pubkey),
      world.nests.restart(id, host.pubkey),
    ]);
    expect(restarts.map(({ entry }) => entry.generation)).toEqual([2, 2, 2]);
    await world.settled();
    expect(world.media.roomNames).toEqual([`${id}:2`]);
    const told = world.toldAbout(id).filter(({ type }) => type === 'restarted');
    expect(told).toEqual([{ type: 'restarted', generation: 2 }]);
  });

  it('within two seconds of the last one is that one; later it is another', async () => {
    await world.nests.restart(id, host.pubkey);
    await world.clock.sleep(1_900);
    const same = await world.addReplica().nests.restart(id, host.pubkey);
    expect(same.entry.generation).toBe(2);
    expect(world.media.connect(same.entry.token).room).toBe(`${id}:2`);
    await world.clock.sleep(200);
    expect((await world.nests.restart(id, host.pubkey)).entry.generation).toBe(3);
  });

  it.each(['lost before', 'lost after'] as const)(
    'leaves it as it was when LiveKit fails (%s)',
    async (fate) => {
      const listener = await world.enter(id, ann);
      const before = await world.record(id);
      world.media.faults.next('createRoom', fate);
      expect(await refusal(world.nests.restart(id, host.pubkey))).toBe('livekit_unavailable');
      const after = await world.record(id);
      expect({ ...after, rev: 0, lastGeneration: 0 }).toEqual({ ...before, rev: 0, lastGeneration: 0 });
      expect(world.toldAbout(id)).toEqual([]);
      expect(listener.isInside()).toBe(true);
      await world.sweep.once('live');
      expect(world.media.roomNames).toEqual([`${id}:1`]);
      // The number is used up.
      expect((await world.nests.restart(id, host.pubkey)).entry.generation).toBe(3);
    },
  );

  it('leaves it as it was when the store fails before anything is written', async () => {
    const before = await world.record(id);
    world.storeFaults.next('put', 'lost before');
    expect(await refusal(world.nests.restart(id, host.pubkey))).toBe('store_unavailable');
    expect(await world.record(id)).toEqual(before);
  });

  it('leaves it as it was when no token comes out', async () => {
    world.media.faults.next('token', 'lost before');
    expect(await refusal(world.nests.restart(id, host.pubkey))).toBe('token_failed');
    expect(stateOf(await world.record(id))).toBe('live');
    expect(world.media.roomNames).toEqual([`${id}:1`]);
    expect(world.toldAbout(id)).toEqual([]);
  });

  it.each([
    ['the next one who comes', (replica: number) => world.replica(replica).nests.guest(id)],
    ['the next restart', (replica: number) => world.replica(replica).nests.restart(id, host.pubkey)],
    [
      'the sweep',
      async (replica: number) => {
        await world.clock.sleep(2_000);
        await world.replica(replica).sweep.once('live');
      },
    ],
    [
      'a webhook',
      async (replica: number) => {
        await world.clock.sleep(2_000);
        await world.replica(replica).nests.look(id);
      },
    ],
  ])('that was interrupted between two steps is finished by %s', async (_, finish) => {
    const listener = await world.enter(id, ann);
    world.storeFaults.next('put', 'ok', 'lost before');
    expect(await refusal(world.nests.restart(id, host.pubkey))).toBe('store_unavailable');
    expect(stateOf(await world.record(id))).toBe('restarting');
    world.addReplica();
    await finish(1);
    expect(await world.record(id)).toMatchObject({ generation: 2, lastGeneration: 2 });
    expect(world.toldAbout(id)).toEqual([{ type: 'restarted', generation: 2 }]);
    await world.settled();
    expect(listener.inbox).toEqual([{ type: 'restarted', generation: 2 }]);
    expect(world.media.roomNames).toEqual([`${id}:2`]);
  });

  it('that was confirmed but never told is told by the sweep, and the old room goes', async () => {
    const listener = await world.enter(id, ann);
    // The process died right after it wrote the new generation.
    const room = await world.media.createRoom(`${id}:2`, { metadata: '', maxParticipants: 10 });
    const record = await world.record(id);
    const moved = {
      ...record,
      rev: record.rev + 1,
      generation: 2,
      roomSid: room.sid,
      lastGeneration: 2,
      retired: [{ generation: 1, at: world.clock.now() }],
    };
    await world.truth.put(moved, record.rev);
    await world.sweep.once('live');
    expect(listener.inbox).toEqual([{ type: 'restarted', generation: 2 }]);
    expect(listener.isInside()).toBe(true);
    await world.clock.sleep(5_000);
    await world.sweep.once('live');
    expect(listener.isInside()).toBe(false);
    expect(world.repairs.room_retired).toBe(1);
  });

  it('opens an ended one again, under the same id', async () => {
    await world.nests.end(id, host.pubkey);
    await world.settled();
    expect(await refusal(world.nests.restart(id, ann.pubkey))).toBe('not_host_restart');
    const { isNewRoom, entry } = await world.nests.restart(id, host.pubkey);
    expect(isNewRoom).toBe(false);
    expect(world.media.connect(entry.token).room).toBe(`${id}:2`);
    expect((await world.record(id)).endedAt).toBeUndefined();
    await world.enter(id, ann);
    expect(await refusal(world.nests.join(id, eve))).toBe('banned');
  });

  it('leaves an ended one ended when LiveKit is down', async () => {
    await world.nests.end(id, host.pubkey);
    await world.settled();
    world.media.faults.down = true;
    expect(await refusal(world.nests.restart(id, host.pubkey))).toBe('livekit_unavailable');
    world.media.faults.down = false;
    expect(await refusal(world.nests.join(id, ann))).toBe('ended');
  });
});
