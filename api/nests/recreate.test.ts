import { beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from './use-cases.ts';
import { person, refusal, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');
const eve = person('eve');
const MISSING = '6f6f6b2e-0000-4000-8000-000000000009';

describe('restarting a nest that nobody knows', () => {
  let world: World;
  beforeEach(() => {
    world = new World({ createLimit: { count: 2, windowMs: 3_600_000 } });
  });

  it('makes a new one of whoever asks', async () => {
    const restarted = await world.nests.restart(MISSING, host.pubkey);
    expect(restarted).toMatchObject({
      isNewRoom: true,
      originalRoomId: MISSING,
      entry: { generation: 1, role: 'host' },
    });
    const { roomId, token } = restarted.entry;
    expect(roomId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(await world.record(roomId)).toMatchObject({
      host: host.pubkey,
      speakers: [host.pubkey],
      admins: [host.pubkey],
      relays: ['wss://relay.nostr.band'],
      hls_stream: false,
      createdAt: world.clock.now(),
      status: 'active',
      originalRoomId: MISSING,
      isRecreated: true,
    });
    expect(world.media.connect(token).mayPublish()).toBe(true);
    expect(await world.nests.successor(MISSING, host.pubkey)).toMatchObject({ roomId });
    expect(await refusal(world.nests.successor(MISSING, eve.pubkey))).toBe('room_not_found');
    expect(world.toldAbout(MISSING)).toEqual([{ type: 'moved', roomId, host: host.pubkey }]);
  });

  it('takes the relays the host’s app sends', async () => {
    const { entry } = await world.nests.restart(MISSING, host.pubkey, { relays: ['wss://old.example'] });
    expect((await world.record(entry.roomId)).relays).toEqual(['wss://old.example']);
  });

  it('says in the log what it did', async () => {
    const { entry } = await world.nests.restart(MISSING, host.pubkey);
    expect(world.lines.slice(0, 3)).toEqual([
      { level: 'warn', message: `Neither Redis nor LiveKit has room ${MISSING}`, fields: {} },
      {
        level: 'info',
        message: `Creating brand new nest for restart request from ${host.pubkey}`,
        fields: {},
      },
      {
        level: 'info',
        message: `Creating new nest ${entry.roomId} to replace missing nest ${MISSING}`,
        fields: {},
      },
    ]);
  });

  it('again by the same person gives the same new nest, and costs no quota', async () => {
    const { entry } = await world.nests.restart(MISSING, host.pubkey);
    for (let count = 0; count < 3; count += 1) {
      await world.clock.sleep(3_000);
      const again = await world.nests.restart(MISSING, host.pubkey);
      expect(again).toMatchObject({
        isNewRoom: true,
        originalRoomId: MISSING,
        entry: { roomId: entry.roomId, generation: 1 },
      });
    }
  });

  it('by another person gives another nest', async () => {
    const one = await world.nests.restart(MISSING, host.pubkey);
    const two = await world.nests.restart(MISSING, ann.pubkey);
    expect(one.entry.roomId).not.toBe(two.entry.roomId);
    expect((await world.record(two.entry.roomId)).host).toBe(ann.pubkey);
  });

  it('counts against the quota of who asks', async () => {
    await world.openNest(host);
    await world.openNest(host);
    world.lines.length = 0;
    expect(await refusal(world.nests.restart(MISSING, host.pubkey))).toBe('rate_limited');
    expect(world.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
    expect(await refusal(world.nests.restart(MISSING, ann.pubkey))).toBe('no refusal');
  });

  it('by two devices at once, on two replicas, gives one nest', async () => {
    const replica = world.addReplica();
    const restarts = await Promise.all([
      world.nests.restart(MISSING, host.pubkey),
      replica.nests.restart(MISSING, host.pubkey),
    ]);
    const ids = new Set(restarts.map(({ entry }) => entry.roomId));
    expect(ids.size).toBe(1);
    expect(restarts.map(({ entry }) => entry.generation)).toEqual([1, 1]);
    await world.settled();
    expect(await world.truth.all()).toHaveLength(1);
    expect(world.media.roomNames).toEqual([...ids].map((id) => `${id}:1`));
  });

  it.each(['media', 'store'] as const)('leaves nothing behind when the %s fails', async (part) => {
    if (part === 'media') world.media.faults.next('createRoom', 'lost before');
    else world.storeFaults.next('claimSuccessor', 'lost before');
    const code = part === 'media' ? 'livekit_unavailable' : 'store_unavailable';
    expect(await refusal(world.nests.restart(MISSING, host.pubkey))).toBe(code);
    await world.settled();
    expect(await world.truth.all()).toEqual([]);
    expect(world.media.roomNames).toEqual([]);
    expect(await refusal(world.nests.restart(MISSING, host.pubkey))).toBe('no refusal');
  });

  it('is found again when whoever made it died before saying so', async () => {
    const claim = world.store.claimSuccessor.bind(world.store);
    world.store.claimSuccessor = async () => {
      world.replica().die();
      return new Promise(() => undefined);
    };
    void world.nests.restart(MISSING, host.pubkey);
    await world.clock.sleep(31_000);
    world.store.claimSuccessor = claim;
    const next = world.addReplica();
    expect(await refusal(next.nests.successor(MISSING, host.pubkey))).toBe('room_not_found');
    await next.sweep.once('all');
    const { roomId } = await next.nests.successor(MISSING, host.pubkey);
    expect((await next.nests.restart(MISSING, host.pubkey)).entry.roomId).toBe(roomId);
    expect(await world.truth.all()).toHaveLength(1);
  });

  it('leaves no double when its host asked again after whoever made it died', async () => {
    const claim = world.store.claimSuccessor.bind(world.store);
    world.store.claimSuccessor = async () => {
      world.replica().die();
      return new Promise(() => undefined);
    };
    void world.nests.restart(MISSING, host.pubkey);
    await world.clock.sleep(1_000);
    world.store.claimSuccessor = claim;
    const next = world.addReplica();
    const { entry } = await next.nests.restart(MISSING, host.pubkey);
    expect(await world.truth.all()).toHaveLength(2);
    await world.clock.sleep(31_000);
    await next.sweep.once('all');
    expect((await world.truth.all()).map(({ id }) => id)).toEqual([entry.roomId]);
    expect(world.media.roomNames).toEqual([`${entry.roomId}:1`]);
  });

  it('reopens the new nest when that was closed', async () => {
    const { entry } = await world.nests.restart(MISSING, host.pubkey);
    await world.nests.end(entry.roomId, host.pubkey);
    await world.settled();
    const again = await world.nests.restart(MISSING, host.pubkey);
    expect(again.entry).toMatchObject({ roomId: entry.roomId, generation: 2 });
  });

  it('makes yet another when the new one is missing too, and both can be followed', async () => {
    const one = await world.nests.restart(MISSING, host.pubkey);
    await world.media.deleteRoom(`${one.entry.roomId}:1`);
    await world.forget(one.entry.roomId);
    const two = await world.nests.restart(MISSING, host.pubkey);
    expect(two.entry.roomId).not.toBe(one.entry.roomId);
    expect(two).toMatchObject({ originalRoomId: MISSING });
    expect(await world.nests.successor(MISSING, host.pubkey)).toMatchObject({ roomId: one.entry.roomId });
    expect(await world.nests.successor(one.entry.roomId, host.pubkey)).toMatchObject({
      roomId: two.entry.roomId,
    });
  });

  describe('whose room is still there', () => {
    let old: Entry;
    beforeEach(async () => {
      old = await world.openNest(host);
      await world.settled();
    });

    it('tells the people inside where their host went; then the room goes', async () => {
      const listener = await world.enter(old.roomId, ann);
      await world.forget(old.roomId);
      const { isNewRoom, entry } = await world.nests.restart(old.roomId, host.pubkey);
      expect(isNewRoom).toBe(true);
      await world.clock.sleep(100);
      expect(listener.inbox).toEqual([{ type: 'moved', roomId: entry.roomId, host: host.pubkey }]);
      expect(listener.isInside()).toBe(true);
      await world.settled();
      expect(listener.isInside()).toBe(false);
      expect(world.media.roomNames).toEqual([`${entry.roomId}:1`]);
    });

    it('never gives the old nest back to that host', async () => {
      await world.enter(old.roomId, ann);
      await world.forget(old.roomId);
      await world.nests.restart(old.roomId, host.pubkey);
      expect(await refusal(world.nests.join(old.roomId, ann))).toBe('room_not_found');
      await world.sweep.once('all');
      await world.settled();
      await world.sweep.once('all');
      expect(await refusal(world.nests.join(old.roomId, ann))).toBe('room_not_found');
    });

    it('leaves a room of somebody else’s nest alone', async () => {
      const listener = await world.enter(old.roomId, ann);
      await world.forget(old.roomId);
      const { entry } = await world.nests.restart(old.roomId, eve.pubkey);
      await world.settled();
      expect(listener.isInside()).toBe(true);
      expect(listener.inbox).toEqual([]);
      expect((await world.record(entry.roomId)).host).toBe(eve.pubkey);
      // Its own host still gets it back, with everybody in it.
      await world.sweep.once('live');
      expect(await world.record(old.roomId)).toMatchObject({ host: host.pubkey, generation: 1 });
    });
  });
});
