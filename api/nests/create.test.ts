import { beforeEach, describe, expect, it } from 'vitest';
import { stateOf } from './life.ts';
import { person, refusal, withSession, World } from './testing/world.ts';

const HOUR_S = 3_600;
const host = person('host');
const ann = person('ann');
const options = { relays: ['wss://relay.example'], hls_stream: false };

describe('opening a nest', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('makes a record, a room and a token that opens the room with a microphone', async () => {
    const created = await world.nests.create(host.pubkey, { ...options, stageLimit: 5, capacity: 50 });
    const record = await world.record(created.roomId);
    expect(record).toMatchObject({
      host: host.pubkey,
      speakers: [host.pubkey],
      admins: [host.pubkey],
      status: 'active',
      generation: 1,
      access: 'public',
      guests: true,
      stageLimit: 5,
      capacity: 50,
      startedAt: world.clock.now(),
    });
    expect(created).toMatchObject({
      generation: 1,
      entry: { generation: 1, role: 'host', pubkey: host.pubkey },
    });
    const connection = world.media.connect(created.entry?.token ?? '');
    expect(connection).toMatchObject({ room: `${created.roomId}:1`, identity: created.identity });
    expect(connection.mayPublish()).toBe(true);
  });

  it('seals the record into the room, readable by nobody else', async () => {
    const { roomId } = await world.openNest(host);
    await world.settled();
    const metadata = world.media.metadataOf(`${roomId}:1`) ?? '';
    expect(metadata).not.toContain(host.pubkey);
    expect(world.seal.open(metadata)).toEqual(await world.record(roomId));
  });

  it('tells the log and the feed', async () => {
    const { roomId } = await world.openNest(host);
    expect(world.lines).toContainEqual(
      expect.objectContaining({
        level: 'info',
        message: 'Created a nest',
        fields: { nestId: roomId, host: host.pubkey, generation: 1 },
      }),
    );
    expect(world.told.at(-1)?.event).toMatchObject({ type: 'state', status: 'active', generation: 1 });
  });

  it.each(['lost before', 'lost after'] as const)(
    'leaves nothing behind when LiveKit fails (%s)',
    async (fate) => {
      world.media.faults.next('createRoom', fate);
      expect(await refusal(world.nests.create(host.pubkey, options))).toBe('livekit_unavailable');
      await world.settled();
      expect(await world.truth.all()).toEqual([]);
      expect(world.media.roomNames).toEqual([]);
    },
  );

  it.each(['', undefined, {}, null])('leaves nothing behind when the token is %j', async (token) => {
    world.media.token = async () => token as string;
    expect(await refusal(world.nests.create(host.pubkey, options))).toBe('token_failed');
    await world.settled();
    expect(await world.truth.all()).toEqual([]);
    expect(world.media.roomNames).toEqual([]);
    const errors = world.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual(['JWT generation failed:']);
  });

  it('leaves nothing behind when making the token fails', async () => {
    world.media.faults.next('token', 'lost before');
    expect(await refusal(world.nests.create(host.pubkey, options))).toBe('token_failed');
    expect(await world.truth.all()).toEqual([]);
  });

  it('leaves nothing behind when the store fails, after the sweep at the latest', async () => {
    for (const fates of [
      ['lost before'],
      ['lost after'],
      ['ok', 'lost before'],
      ['ok', 'lost after'],
    ] as const) {
      const { media, storeFaults, nests, sweep, truth, clock } = (world = new World());
      storeFaults.next('put', ...fates);
      expect(await refusal(nests.create(host.pubkey, options))).toBe('store_unavailable');
      await world.settled();
      await clock.sleep(31_000);
      await sweep.once('all');
      expect(await truth.all()).toEqual([]);
      expect(media.roomNames).toEqual([]);
    }
  });

  it('is limited per key', async () => {
    world = new World({ createLimit: { count: 2, windowMs: 3_600_000 } });
    await world.openNest(host);
    await world.openNest(host);
    const attempt = world.nests.create(host.pubkey, options);
    await expect(attempt).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });
    expect(await refusal(world.nests.create(ann.pubkey, options))).toBe('no refusal');
  });

  it('costs no quota when it fails through no fault of the host', async () => {
    world = new World({ createLimit: { count: 2, windowMs: 3_600_000 } });
    const create = () => refusal(world.nests.create(host.pubkey, options));
    for (let count = 0; count < 5; count += 1) {
      world.media.faults.next('createRoom', 'lost before');
      expect(await create()).toBe('livekit_unavailable');
    }
    expect([await create(), await create(), await create()]).toEqual([
      'no refusal',
      'no refusal',
      'rate_limited',
    ]);
  });

  it('holds no more people than the server’s nests may', async () => {
    world = new World({ capacity: 20 });
    const { roomId } = await world.openNest(host, { capacity: 50 });
    expect((await world.record(roomId)).capacity).toBe(20);
    await world.nests.patch(roomId, host, { capacity: 10 });
    expect((await world.record(roomId)).capacity).toBe(10);
    await world.nests.patch(roomId, host, { capacity: 50 });
    expect((await world.record(roomId)).capacity).toBe(20);
  });
});

describe('a planned nest', () => {
  let world: World;
  let id: string;
  let starts: number;
  beforeEach(async () => {
    world = new World();
    starts = Math.floor(world.clock.now() / 1000) + HOUR_S;
    const created = await world.nests.create(host.pubkey, { ...options, starts });
    expect(created).toMatchObject({ generation: 0 });
    expect(created.entry).toBeUndefined();
    id = created.roomId;
  });

  it('has neither room nor token, and says when it starts', async () => {
    expect(world.media.roomNames).toEqual([]);
    await expect(world.nests.join(id, ann)).rejects.toMatchObject({ code: 'not_started', starts });
    expect(await world.nests.info(id, null)).toMatchObject({
      status: 'planned',
      starts,
      participantCount: 0,
    });
    expect(await refusal(world.nests.hand(id, ann, true))).toBe('not_started');
    expect(await refusal(world.nests.restart(id, host.pubkey))).toBe('not_started');
    expect(await world.nests.list()).toEqual([]);
  });

  it('is opened by its host alone, once', async () => {
    expect(await refusal(world.nests.start(id, ann.pubkey))).toBe('forbidden');
    const entry = await world.nests.start(id, host.pubkey);
    expect(world.media.connect(entry.token).mayPublish()).toBe(true);
    expect(await world.record(id)).toMatchObject({
      status: 'active',
      generation: 1,
      startedAt: world.clock.now(),
    });
    expect(await refusal(world.nests.start(id, host.pubkey))).toBe('already_started');
    await world.enter(id, ann);
  });

  it('lets its host name people before it starts', async () => {
    await world.nests.permissions(id, host, { participant: ann.pubkey, is_admin: true });
    await world.nests.start(id, host.pubkey);
    expect((await world.nests.join(id, ann)).role).toBe('admin');
  });

  it('stays planned when LiveKit is down', async () => {
    const before = await world.record(id);
    world.media.faults.down = true;
    expect(await refusal(world.nests.start(id, host.pubkey))).toBe('livekit_unavailable');
    const after = await world.record(id);
    expect(stateOf(after)).toBe('planned');
    expect({ ...after, rev: 0, lastGeneration: 0, lastAliveAt: 0 }).toEqual({
      ...before,
      rev: 0,
      lastAliveAt: 0,
    });
    world.media.faults.down = false;
    expect((await world.nests.start(id, host.pubkey)).generation).toBe(2);
  });

  it('stays planned when no token comes out', async () => {
    world.media.faults.next('token', 'lost before');
    expect(await refusal(world.nests.start(id, host.pubkey))).toBe('token_failed');
    expect(stateOf(await world.record(id))).toBe('planned');
    expect(world.media.roomNames).toEqual([]);
  });

  it('that is opened twice at once is opened once', async () => {
    const [one, two] = await Promise.all([
      world.nests.start(id, host.pubkey),
      world.addReplica().nests.start(id, host.pubkey),
    ]);
    expect([one.generation, two.generation]).toEqual([1, 1]);
    expect(world.media.roomNames).toEqual([`${id}:1`]);
  });

  it('is finished by the next one who comes when its opening was interrupted', async () => {
    world.storeFaults.next('put', 'ok', 'lost before');
    expect(await refusal(world.nests.start(id, host.pubkey))).toBe('store_unavailable');
    const connection = await world.enter(id, ann);
    expect(connection.room).toBe(`${id}:1`);
  });

  it('is opened by a session without becoming a second person', async () => {
    const identity = `${host.pubkey}:device`;
    expect(await world.nests.start(id, host.pubkey, identity)).toMatchObject({ identity });
  });

  it('is not further away than a year', async () => {
    const soon = starts + 365 * 24 * HOUR_S;
    const far = starts + 367 * 24 * HOUR_S;
    expect(await refusal(world.nests.create(host.pubkey, { ...options, starts: far }))).toBe('bad_request');
    expect(await refusal(world.nests.patch(id, host, { starts: far }))).toBe('bad_request');
    expect(await refusal(world.nests.patch(id, host, { starts: soon }))).toBe('no refusal');
  });

  it.each(['lost before', 'lost after'] as const)(
    'is not left behind when storing it fails (%s)',
    async (fate) => {
      const before = await world.truth.all();
      world.storeFaults.next('put', fate);
      expect(await refusal(world.nests.create(host.pubkey, { ...options, starts }))).toBe(
        'store_unavailable',
      );
      expect(await world.truth.all()).toEqual(before);
    },
  );

  it('can be moved to another time, and called off', async () => {
    await world.nests.patch(id, host, { starts: starts + HOUR_S });
    await expect(world.nests.join(id, ann)).rejects.toMatchObject({ starts: starts + HOUR_S });
    await world.nests.end(id, host.pubkey);
    expect(await refusal(world.nests.start(id, host.pubkey))).toBe('ended');
  });

  it('is forgotten a day after nobody came', async () => {
    await world.clock.sleep((HOUR_S + 24 * HOUR_S) * 1000 - 1);
    await world.sweep.once('all');
    expect(await refusal(world.nests.info(id, null))).toBe('no refusal');
    await world.clock.sleep(1);
    await world.sweep.once('all');
    expect(await refusal(world.nests.info(id, null))).toBe('room_not_found');
  });
});

describe('closing a nest', () => {
  it('tells everybody, sends them out and leaves a tombstone', async () => {
    const world = new World();
    const entry = await world.openNest(host);
    const listener = await world.enter(entry.roomId, ann);
    expect(await refusal(world.nests.end(entry.roomId, ann.pubkey))).toBe('forbidden');
    await world.nests.end(entry.roomId, host.pubkey);
    expect(world.toldAbout(entry.roomId)).toContainEqual({ type: 'ended' });
    await world.settled();
    expect(listener.inbox).toEqual([{ type: 'ended' }]);
    expect(listener.isInside()).toBe(false);
    expect(world.media.roomNames).toEqual([]);
    for (const attempt of [
      world.nests.join(entry.roomId, ann),
      world.nests.guest(entry.roomId),
      world.nests.renew(entry.roomId, withSession(entry)),
      world.nests.info(entry.roomId, null),
      world.nests.state(entry.roomId, null),
      world.nests.end(entry.roomId, host.pubkey),
      world.nests.hand(entry.roomId, ann, true),
      world.nests.patch(entry.roomId, host, { guests: false }),
    ]) {
      expect(await refusal(attempt)).toBe('ended');
    }
  });

  it('lets people leave by themselves before it closes the door', async () => {
    const world = new World();
    const { roomId } = await world.openNest(host);
    const listener = await world.enter(roomId, ann);
    await world.nests.end(roomId, host.pubkey);
    await world.clock.sleep(4_900);
    expect(listener.isInside()).toBe(true);
    await world.clock.sleep(200);
    expect(listener.isInside()).toBe(false);
  });

  it('works while LiveKit is down; the sweep clears up', async () => {
    const world = new World();
    const { roomId } = await world.openNest(host);
    const listener = await world.enter(roomId, ann);
    world.media.faults.down = true;
    await world.nests.end(roomId, host.pubkey);
    await world.settled();
    expect(listener.isInside()).toBe(true);
    world.media.faults.down = false;
    await world.clock.sleep(5_000);
    await world.sweep.once('live');
    expect(listener.isInside()).toBe(false);
    expect(world.media.roomNames).toEqual([]);
  });
});
