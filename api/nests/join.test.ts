import { beforeEach, describe, expect, it } from 'vitest';
import { MediaUnavailable } from './ports.ts';
import type { Entry } from './use-cases.ts';
import { person, refusal, withSession, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');

describe('coming in', () => {
  let world: World;
  let id: string;
  let hosts: Entry;
  beforeEach(async () => {
    world = new World();
    hosts = await world.openNest(host);
    id = hosts.roomId;
  });

  it('with a key one listens, under the key’s name, from as many devices as one has', async () => {
    const [phone, laptop] = [await world.nests.join(id, ann), await world.nests.join(id, ann)];
    expect(phone).toMatchObject({ role: 'listener', pubkey: ann.pubkey, generation: 1 });
    expect(phone.identity).not.toBe(laptop.identity);
    const connections = [phone, laptop].map(({ token }) => world.media.connect(token));
    expect(connections.map((connection) => connection.isInside())).toEqual([true, true]);
    expect(connections.some((connection) => connection.mayPublish())).toBe(false);
  });

  it('without a key one is a guest, and each guest another', async () => {
    const [one, two] = [await world.nests.guest(id), await world.nests.guest(id)];
    expect(one).toMatchObject({ role: 'guest', pubkey: null });
    expect(one.identity).toMatch(/^guest-/);
    expect(one.identity).not.toBe(two.identity);
    expect(world.media.connect(one.token).mayPublish()).toBe(false);
  });

  it('again with a session keeps the identity, so that one replaces one’s own ghost', async () => {
    const first = await world.nests.join(id, ann);
    const ghost = world.media.connect(first.token);
    const renewed = await world.nests.renew(id, withSession(first));
    expect(renewed.identity).toBe(first.identity);
    const connection = world.media.connect(renewed.token);
    expect([ghost.isInside(), connection.isInside()]).toEqual([false, true]);
    expect((await world.nests.join(id, withSession(first))).identity).toBe(first.identity);
    const guest = await world.nests.guest(id);
    expect((await world.nests.renew(id, withSession(guest))).identity).toBe(guest.identity);
  });

  it('reads roles from the record each time, never from the session', async () => {
    const entry = await world.nests.join(id, ann);
    await world.nests.permissions(id, host, { participant: ann.pubkey, can_publish: true });
    const renewed = await world.nests.renew(id, withSession(entry));
    expect(renewed.role).toBe('speaker');
    expect(world.media.connect(renewed.token).mayPublish()).toBe(true);
  });

  it('does not take somebody else’s identity from a session', async () => {
    const { identity } = await world.nests.join(id, ann);
    for (const actor of [
      { pubkey: host.pubkey, identity, by: 'session' as const },
      { pubkey: null, identity, by: 'session' as const },
      { pubkey: null, identity: 'recorder', by: 'session' as const },
    ]) {
      expect(await refusal(world.nests.renew(id, actor))).toBe('session_invalid');
    }
    expect(await refusal(world.nests.renew(id, ann))).toBe('session_invalid');
  });

  it('says that it does not know a nest, whatever the id looks like', async () => {
    for (const unknown of ['00000000-0000-4000-8000-ffffffffffff', 'x', '../..', '', 'nest:1']) {
      expect(await refusal(world.nests.join(unknown, ann))).toBe('room_not_found');
      expect(await refusal(world.nests.guest(unknown))).toBe('room_not_found');
      expect(await refusal(world.nests.info(unknown, null))).toBe('room_not_found');
    }
  });

  it('never calls an outage a missing nest', async () => {
    world.storeFaults.down = true;
    expect(await refusal(world.nests.join(id, ann))).toBe('store_unavailable');
    expect(await refusal(world.nests.info('unknown', null))).toBe('store_unavailable');
    world.storeFaults.down = false;
    await world.clock.sleep(2_000);
    world.media.faults.down = true;
    expect(await refusal(world.nests.join(id, ann))).toBe('livekit_unavailable');
    // The record might be in a room that nobody can see now.
    expect(await refusal(world.nests.join('unknown', ann))).toBe('livekit_unavailable');
    expect(await refusal(world.nests.info(id, null))).toBe('no refusal');
  });

  it('never trusts a room because a restart of it has just been taken back', async () => {
    await world.enter(id, ann);
    world.media.kill();
    const createRoom = world.media.createRoom.bind(world.media);
    world.media.createRoom = async () => {
      world.media.createRoom = createRoom;
      await world.clock.sleep(3_000);
      throw new MediaUnavailable('LiveKit is slow to fail');
    };
    const restart = refusal(world.nests.restart(id, host.pubkey));
    await world.clock.sleep(100);
    const replica = world.addReplica();
    const get = world.store.get.bind(world.store);
    // The record is read while the restart is under way, and looked at when it has been taken back.
    world.store.get = async (...args) => {
      const record = await get(...args);
      world.store.get = get;
      await world.clock.sleep(4_000);
      return record;
    };
    const { generation, token } = await replica.nests.join(id, ann);
    expect(await restart).toBe('livekit_unavailable');
    expect(generation).toBe(3);
    expect(world.media.connect(token).isInside()).toBe(true);
  });

  it('fails without a token and says so once in the log', async () => {
    world.media.token = async () => '';
    expect(await refusal(world.nests.join(id, ann))).toBe('token_failed');
    expect(world.lines.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', message: 'JWT generation failed:', fields: { tokenType: 'empty string' } },
    ]);
  });

  describe('costs little', () => {
    it('one read of the store, no write, and no question to LiveKit within a second', async () => {
      await world.settled();
      await world.nests.guest(id);
      world.storeCalls.length = 0;
      world.media.calls.length = 0;
      await world.nests.join(id, ann);
      await world.nests.guest(id);
      await world.settled();
      expect(world.storeCalls).toEqual(['get', 'get']);
      expect(world.media.calls).toEqual(['token', 'token']);
    });

    it('one question to LiveKit for many who come at once', async () => {
      await world.clock.sleep(1_001);
      world.media.calls.length = 0;
      await Promise.all(Array.from({ length: 50 }, () => world.nests.guest(id)));
      expect(world.media.calls.filter((call) => call === 'rooms')).toHaveLength(1);
    });

    it('one write for a sign of life, rarely', async () => {
      await world.clock.sleep(11 * 60_000);
      await world.nests.join(id, ann);
      await world.settled();
      await world.nests.guest(id);
      world.storeCalls.length = 0;
      await world.nests.join(id, ann);
      await world.settled();
      expect(world.storeCalls).toEqual(['get']);
      expect((await world.record(id)).lastAliveAt).toBeGreaterThan(world.clock.now() - 60_000);
    });
  });

  describe('to a nest with little room', () => {
    beforeEach(async () => {
      world.media.connect(hosts.token);
      await world.nests.patch(id, host, { capacity: 4 });
    });

    it('is refused when it is full, before LiveKit would', async () => {
      const guests = [
        await world.enter(id, 'guest'),
        await world.enter(id, ann),
        await world.enter(id, 'guest'),
      ];
      expect(await refusal(world.nests.guest(id))).toBe('nest_full');
      guests[0]?.leave();
      await world.clock.sleep(16_000);
      expect(await refusal(world.nests.guest(id))).toBe('no refusal');
    });

    it('counts those on the way in', async () => {
      const all = await Promise.all(Array.from({ length: 6 }, () => refusal(world.nests.guest(id))));
      expect(all.filter((code) => code === 'no refusal')).toHaveLength(3);
      expect(all.filter((code) => code === 'nest_full')).toHaveLength(3);
    });

    it('always has a place for the stage, and for who is inside already', async () => {
      const entries = [
        await world.nests.join(id, ann),
        await world.nests.guest(id),
        await world.nests.guest(id),
      ];
      for (const { token } of entries) world.media.connect(token);
      await world.clock.sleep(16_000);
      expect(await refusal(world.nests.guest(id))).toBe('nest_full');
      expect(await refusal(world.nests.join(id, host))).toBe('no refusal');
      expect(await refusal(world.nests.renew(id, withSession(entries[0]!)))).toBe('no refusal');
    });

    it('never gets more room than the server has', async () => {
      world = new World({ capacity: 2 });
      const { roomId, token } = await world.openNest(host, { capacity: 1_000 });
      world.media.connect(token);
      await world.enter(roomId, ann);
      expect(await refusal(world.nests.guest(roomId))).toBe('nest_full');
    });
  });

  it('is not refused because of tokens that nobody uses, where the host has set no capacity', async () => {
    world = new World({ capacity: 2 });
    const { roomId, token } = await world.openNest(host);
    for (let count = 0; count < 10; count += 1) await world.nests.guest(roomId);
    world.media.connect(token);
    await world.enter(roomId, ann);
    await world.clock.sleep(1_500);
    expect(await refusal(world.nests.guest(roomId))).toBe('nest_full');
  });
});
