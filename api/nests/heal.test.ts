import { beforeEach, describe, expect, it } from 'vitest';
import { metadataRev } from './metadata.ts';
import { MediaUnavailable } from './ports.ts';
import type { FakeConnection } from './testing/fake-media.ts';
import { person, refusal, World } from './testing/world.ts';
import type { Entry } from './use-cases.ts';

const host = person('host');
const ann = person('ann');
const eve = person('eve');

let world: World;
let hosts: Entry;
let id: string;
beforeEach(async () => {
  world = new World();
  hosts = await world.openNest(host);
  id = hosts.roomId;
  await world.settled();
});

describe('a nest whose LiveKit room is gone', () => {
  it('gets the next room when somebody wants in, after a second look a second later', async () => {
    await world.enter(id, ann);
    await world.clock.sleep(2_000);
    world.media.kill();
    const asked = world.clock.now();
    const entry = await world.nests.join(id, ann);
    expect(entry.generation).toBe(2);
    expect(world.clock.now() - asked).toBe(1_000);
    expect(world.media.connect(entry.token).isInside()).toBe(true);
    expect(world.toldAbout(id)).toContainEqual({ type: 'restarted', generation: 2 });
  });

  it('gets one next room for many who want in at once, on two replicas', async () => {
    await world.enter(id, ann);
    await world.clock.sleep(2_000);
    world.media.kill();
    const replica = world.addReplica();
    const joins = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? world.replica() : replica).nests.guest(id),
    );
    const generations = new Set((await Promise.all(joins)).map(({ generation }) => generation));
    expect([...generations]).toEqual([2]);
    await world.settled();
    expect(world.media.roomNames).toEqual([`${id}:2`]);
  });

  it('is healed by the sweep, and everybody is told', async () => {
    await world.enter(id, ann);
    await world.sweep.once('live');
    world.media.kill();
    await world.sweep.once('live');
    expect(await world.record(id)).toMatchObject({ generation: 2, idle: false });
    expect(world.toldAbout(id)).toContainEqual({ type: 'restarted', generation: 2 });
    expect(world.repairs.nest_healed).toBe(1);
    expect(world.lines).toContainEqual({
      level: 'info',
      message: 'Repaired: the LiveKit room was gone',
      fields: { repair: 'nest_healed', nestId: id, generation: 2 },
    });
  });

  it('is healed by a look that a webhook asks for', async () => {
    await world.enter(id, ann);
    await world.nests.look(id);
    world.media.kill();
    await world.nests.look(id);
    expect((await world.record(id)).generation).toBe(2);
  });

  it('is not taken for gone while LiveKit does not answer', async () => {
    const listener = await world.enter(id, ann);
    await world.sweep.once('live');
    for (const call of ['rooms', 'participants']) {
      world.media.faults.gate = (name) => (name === call ? 'lost before' : 'ok');
      await world.clock.sleep(2_000);
      await world.sweep.once('live').catch(() => undefined);
      await world.nests.look(id);
      expect((await world.record(id)).generation).toBe(1);
    }
    expect(listener.isInside()).toBe(true);
  });

  it('is not taken for gone when the list was only late', async () => {
    await world.enter(id, ann);
    await world.sweep.once('live');
    const rooms = world.media.rooms.bind(world.media);
    let late = 2;
    world.media.rooms = async (names) => (late-- > 0 ? [] : rooms(names));
    world.media.participants = async () => [];
    await world.sweep.once('live');
    expect((await world.record(id)).generation).toBe(1);
  });

  it('is healed at once when LiveKit lost its list while people talk, and they are told in their room', async () => {
    const talker = await world.enter(id, ann);
    await world.clock.sleep(2_000);
    world.media.wipe();
    const asked = world.clock.now();
    const entry = await world.nests.join(id, host);
    expect(entry.generation).toBe(2);
    expect(world.clock.now()).toBe(asked);
    await world.clock.sleep(100);
    expect(talker.inbox).toEqual([{ type: 'restarted', generation: 2 }]);
    talker.leave();
    await world.settled();
    expect((await world.record(id)).retired).toEqual([]);
  });

  it.each([
    ['whoever made it', (slow: Promise<unknown>) => slow],
    ['whoever wants in', () => world.nests.guest(id)],
    ['the sweep', () => world.sweep.once('live')],
  ])('is left by all when a late call made a second room of its name: %s sees it', async (who, see) => {
    const other = world.addReplica();
    const createRoom = world.media.createRoom.bind(world.media);
    world.media.createRoom = async (...args) => {
      world.media.createRoom = createRoom;
      await world.clock.sleep(3_000);
      return createRoom(...args);
    };
    // Both make the room of one restart, and one of the two calls is on its way for long.
    const slow = other.nests.restart(id, host.pubkey);
    await world.clock.sleep(100);
    const talker = world.media.connect((await world.nests.restart(id, host.pubkey)).entry.token);
    expect(talker.room).toBe(`${id}:2`);
    world.media.wipe();
    if (who !== 'whoever made it') other.die();
    await world.clock.sleep(3_000);
    expect(world.media.roomNames).toContain(`${id}:2`);

    await see(slow);
    expect(await world.record(id)).toMatchObject({ generation: 3 });
    await world.clock.sleep(100);
    expect(talker.inbox).toContainEqual({ type: 'restarted', generation: 3 });
    expect((await world.enter(id, ann)).room).toBe(`${id}:3`);
  });

  it('tells those in a room LiveKit has forgotten again and again until they have left', async () => {
    const talker = await world.enter(id, ann);
    world.media.wipe();
    await world.sweep.once('live');
    await world.settled();
    for (let count = 0; count < 3; count += 1) {
      await world.clock.sleep(5_000);
      await world.sweep.once('live');
    }
    expect(talker.isInside()).toBe(true);
    expect(talker.inbox.length).toBeGreaterThan(2);
    talker.leave();
    await world.clock.sleep(5_000);
    await world.sweep.once('live');
    expect((await world.record(id)).retired).toEqual([]);
  });
});

describe('a nest that everybody has left', () => {
  let last: FakeConnection;
  beforeEach(async () => {
    last = await world.enter(id, ann);
    await world.sweep.once('live');
    last.leave();
    await world.clock.sleep(5_000);
    await world.sweep.once('live');
  });

  it('rests without a room, and is not listed', async () => {
    await world.clock.sleep(20_000);
    await world.sweep.once('live');
    expect(await world.record(id)).toMatchObject({ idle: true, generation: 1, status: 'active' });
    expect(world.media.roomNames).toEqual([]);
    expect(await world.nests.list()).toEqual([]);
    expect(await world.nests.info(id, null)).toMatchObject({ status: 'active', participantCount: 0 });
    expect(world.toldAbout(id)).toEqual([
      { type: 'participants', participantCount: 1 },
      { type: 'participants', participantCount: 0 },
    ]);
  });

  it('opens at once for the next one who comes', async () => {
    await world.clock.sleep(20_000);
    await world.sweep.once('live');
    const asked = world.clock.now();
    const [one, two] = await Promise.all([world.nests.join(id, ann), world.nests.guest(id)]);
    expect([one.generation, two.generation]).toEqual([2, 2]);
    expect(world.clock.now()).toBe(asked);
    expect(world.media.connect(one.token).isInside()).toBe(true);
  });

  it('opens for somebody who comes before the sweep has noticed', async () => {
    await world.clock.sleep(20_000);
    expect((await world.nests.guest(id)).generation).toBe(2);
  });

  it('stays idle when LiveKit is down, and says so to who comes', async () => {
    await world.clock.sleep(20_000);
    await world.sweep.once('live');
    world.media.faults.down = true;
    expect(await refusal(world.nests.join(id, ann))).toBe('livekit_unavailable');
    expect(await world.record(id)).toMatchObject({ idle: true, generation: 1 });
  });

  it('is forgotten a day later, and not a moment earlier', async () => {
    await world.clock.sleep(20_000);
    await world.sweep.once('live');
    const { lastAliveAt } = await world.record(id);
    const left = lastAliveAt + 24 * 3_600_000 - world.clock.now();
    await world.clock.sleep(left - 1);
    await world.sweep.once('all');
    expect(await refusal(world.nests.info(id, null))).toBe('no refusal');
    await world.clock.sleep(1);
    await world.sweep.once('all');
    expect(await refusal(world.nests.info(id, null))).toBe('room_not_found');
    expect(world.repairs.nest_expired).toBe(1);
  });
});

describe('a record that was lost', () => {
  it('is back with the next one who comes, with its people still inside', async () => {
    const listener = await world.enter(id, ann);
    await world.nests.permissions(id, host, { participant: ann.pubkey, is_admin: true });
    await world.nests.remove(id, host, { participant: eve.pubkey, ban: true });
    await world.settled();
    const before = await world.record(id);
    await world.forget(id);
    await world.clock.sleep(1_500);
    expect((await world.nests.join(id, ann)).generation).toBe(1);
    const after = await world.record(id);
    expect({ ...after, lastAliveAt: 0 }).toEqual({ ...before, rev: before.rev + 1, lastAliveAt: 0 });
    expect(listener.isInside()).toBe(true);
    expect(await refusal(world.nests.join(id, eve))).toBe('banned');
    expect(world.repairs.record_restored).toBe(1);
  });

  it.each([
    ['info', () => world.nests.info(id, null)],
    ['a guest', () => world.nests.guest(id)],
    ['the feed', () => world.nests.state(id, null)],
    ['the sweep', () => world.sweep.once('live')],
    ['a webhook', () => world.nests.look(id)],
  ])('is back with %s', async (_, ask) => {
    await world.enter(id, ann);
    await world.forget(id);
    await world.clock.sleep(1_500);
    await ask();
    expect(await world.record(id)).toMatchObject({ host: host.pubkey, generation: 1 });
  });

  it('is given back as it was last, however short ago LiveKit was asked', async () => {
    await world.enter(id, ann);
    await world.clock.sleep(1_500);
    // This look at LiveKit is still fresh enough for many things.
    await world.nests.list();
    await world.nests.remove(id, host, { participant: eve.pubkey, ban: true });
    await world.clock.sleep(500);
    await world.forget(id);
    expect(await refusal(world.nests.join(id, eve))).toBe('banned');
  });

  it('is given back once when two replicas notice', async () => {
    await world.enter(id, ann);
    await world.forget(id);
    await world.clock.sleep(1_500);
    const replica = world.addReplica();
    await Promise.all([world.nests.guest(id), replica.nests.guest(id), replica.sweep.once('live')]);
    expect(world.repairs.record_restored + replica.repairs.record_restored).toBe(1);
    expect(await world.truth.all()).toHaveLength(1);
  });

  it('never uses a number again that any of its rooms has', async () => {
    await world.enter(id, ann);
    await world.nests.restart(id, host.pubkey);
    await world.forget(id);
    await world.clock.sleep(2_500);
    await world.nests.guest(id);
    const { generation, lastGeneration } = await world.record(id);
    expect({ generation, lastGeneration }).toEqual({ generation: 2, lastGeneration: 2 });
    expect((await world.nests.restart(id, host.pubkey)).entry.generation).toBe(3);
  });

  it('stays away when there is a tombstone', async () => {
    await world.enter(id, ann);
    world.media.faults.down = true;
    await world.nests.end(id, host.pubkey);
    await world.settled();
    world.media.faults.down = false;
    expect(await refusal(world.nests.join(id, ann))).toBe('ended');
    await world.sweep.once('live');
    expect((await world.record(id)).status).toBe('ended');
  });

  it('stays away when its time is over', async () => {
    await world.clock.sleep(1_000);
    const metadata = world.media.metadataOf(`${id}:1`) ?? '';
    await world.forget(id);
    await world.clock.sleep(25 * 3_600_000);
    await world.media.createRoom(`${id}:1`, { metadata, maxParticipants: 1 });
    expect(await refusal(world.nests.guest(id))).toBe('room_not_found');
    expect(world.media.roomNames).toEqual([]);
  });

  it('is not made of a room that somebody else sealed, or nobody, or for another nest', async () => {
    const foreign = 'ffffffff-0000-4000-8000-000000000001';
    const { record } = { record: await world.record(id) };
    const seals = ['', 'hello', '{"rev":1,"sealed":"AAAA"}', world.seal.close(record)];
    for (const [index, metadata] of seals.entries()) {
      await world.media.createRoom(`${foreign}:${index + 1}`, { metadata, maxParticipants: 9 });
    }
    await world.clock.sleep(1_500);
    expect(await refusal(world.nests.join(foreign, ann))).toBe('room_not_found');
    await world.sweep.once('all');
    expect(world.media.roomNames.filter((name) => name.startsWith(foreign))).toHaveLength(4);
    expect(await world.truth.all()).toHaveLength(1);
  });
});

describe('the sealed copy in the room', () => {
  const sealedRev = () => metadataRev(world.media.metadataOf(`${id}:1`) ?? '');

  it('keeps nobody inside who is banned, when LiveKit does not take it', async () => {
    const evil = await world.enter(id, eve);
    await world.settled();
    const record = await world.record(id);
    const ban = { pubkey: eve.pubkey, by: host.pubkey, at: world.clock.now() };
    await world.truth.put({ ...record, rev: record.rev + 1, bans: [ban] }, record.rev);
    world.media.setMetadata = async () => Promise.reject(new MediaUnavailable('metadata exceeds the limit'));
    await world.sweep.once('all');
    expect(evil.isInside()).toBe(false);
  });

  it('follows each change, without anybody waiting for it', async () => {
    await world.nests.patch(id, host, { guests: false });
    await world.settled();
    expect(sealedRev()).toBe((await world.record(id)).rev);
  });

  it('is written rarely, however many changes there are: everybody inside is sent it', async () => {
    world.media.calls.length = 0;
    for (let count = 0; count < 20; count += 1) await world.nests.hand(id, person(`p${count}`), true);
    await world.settled();
    expect(world.media.calls.filter((call) => call === 'setMetadata').length).toBeLessThanOrEqual(2);
    expect(sealedRev()).toBe((await world.record(id)).rev);
  });

  it('is the newest one there is, also where two replicas write it', async () => {
    const replica = world.addReplica();
    await world.nests.patch(id, host, { guests: false });
    await world.nests.patch(id, host, { guests: true });
    await world.clock.sleep(500);
    await replica.nests.patch(id, host, { hls_stream: true });
    await world.settled();
    expect(world.seal.open(world.media.metadataOf(`${id}:1`) ?? '')).toEqual(await world.record(id));
  });

  it('that is behind is rewritten by the sweep', async () => {
    world.media.faults.next('setMetadata', 'lost before');
    await world.nests.patch(id, host, { guests: false });
    await world.settled();
    expect(sealedRev()).toBeLessThan((await world.record(id)).rev);
    await world.sweep.once('all');
    expect(sealedRev()).toBe((await world.record(id)).rev);
    expect(world.repairs.metadata_rewritten).toBe(1);
  });
});

describe('a look at a nest', () => {
  const looks = () => world.media.calls.filter((call) => call === 'participants').length;

  it('is shared by all who ask meanwhile, and repeated for those who asked too late', async () => {
    world.media.calls.length = 0;
    const first = world.nests.look(id);
    const late = Array.from({ length: 50 }, () => world.nests.look(id));
    await first;
    expect(looks()).toBe(1);
    await Promise.all(late);
    expect(looks()).toBe(2);
  });

  it('answers everybody, however often it is asked for', async () => {
    const asked = world.clock.now();
    for (let count = 0; count < 10; count += 1) {
      void world.nests.look(id);
      await world.clock.sleep(300);
      await world.nests.look(id);
    }
    expect(world.clock.now() - asked).toBeLessThanOrEqual(20_000);
  });

  it('never throws', async () => {
    world.storeFaults.down = true;
    await expect(world.nests.look(id)).resolves.toBeUndefined();
    await expect(world.nests.look('unknown')).resolves.toBeUndefined();
  });
});
