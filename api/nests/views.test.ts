import { beforeEach, describe, expect, it } from 'vitest';
import { person, refusal, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');

let world: World;
let id: string;
beforeEach(async () => {
  world = new World();
  ({ roomId: id } = await world.openNest(host));
});

describe('what can be known about a nest', () => {
  it('says who, how many and how, to anyone', async () => {
    await world.enter(id, ann);
    await world.enter(id, 'guest');
    await world.nests.look(id);
    expect(await world.nests.info(id, null)).toEqual({
      hidden: false,
      host: host.pubkey,
      speakers: [host.pubkey],
      admins: [host.pubkey],
      relays: ['wss://relay.example'],
      participantCount: 2,
      createdAt: (await world.record(id)).createdAt,
      status: 'active',
      access: 'public',
      guests: true,
      hls_stream: false,
      generation: 1,
    });
  });

  it('promises no more places than the server has by now', async () => {
    const record = await world.record(id);
    await world.truth.put({ ...record, capacity: 5_000, rev: record.rev + 1 }, record.rev);
    expect(await world.nests.info(id, null)).toMatchObject({ capacity: 1_000 });
  });

  it('answers with the last known count while LiveKit is down', async () => {
    await world.enter(id, ann);
    await world.nests.look(id);
    await world.clock.sleep(60_000);
    world.media.faults.down = true;
    expect(await world.nests.info(id, null)).toMatchObject({ participantCount: 1 });
    expect(await world.nests.list()).toMatchObject([{ participantCount: 1 }]);
  });

  it('does not count the recorder', async () => {
    const entry = await world.nests.join(id, ann);
    world.media.connect(entry.token, { hidden: true });
    await world.nests.look(id);
    expect(await world.nests.info(id, null)).toMatchObject({ participantCount: 0 });
  });

  it('tells a new subscriber the whole truth', async () => {
    await world.nests.hand(id, ann, true);
    const { state, rev } = await world.nests.state(id, null);
    expect(state).toEqual({
      status: 'active',
      generation: 1,
      participantCount: 0,
      host: host.pubkey,
      speakers: [host.pubkey],
      admins: [host.pubkey],
      hands: [{ pubkey: ann.pubkey, since: world.clock.now() }],
      guests: true,
      access: 'public',
    });
    expect(rev).toBe((await world.record(id)).rev);
  });

  it('lists live and public nests, the fullest first', async () => {
    const full = await world.openNest(ann);
    await world.enter(full.roomId, 'guest');
    await world.openNest(ann, { access: 'invite' });
    await world.openNest(ann, { starts: Math.floor(world.clock.now() / 1000) + 60 }).catch(() => undefined);
    const over = await world.openNest(ann);
    await world.nests.end(over.roomId, ann.pubkey);
    await world.clock.sleep(1_500);
    const { startedAt } = await world.record(id);
    expect((await world.nests.list()).map(({ roomId }) => roomId)).toEqual([full.roomId, id]);
    expect((await world.nests.list())[1]).toEqual({
      roomId: id,
      host: host.pubkey,
      relays: ['wss://relay.example'],
      participantCount: 0,
      speakers: [host.pubkey],
      hls_stream: false,
      createdAt: startedAt,
      startedAt,
    });
  });

  it('tells the feed how many are inside, when that changes, at most once a second', async () => {
    for (let count = 0; count < 50; count += 1) {
      await world.enter(id, 'guest');
      void world.nests.look(id);
    }
    await world.nests.look(id);
    await world.clock.sleep(1_000);
    const counts = world.toldAbout(id).filter(({ type }) => type === 'participants');
    expect(counts.at(-1)).toEqual({ type: 'participants', participantCount: 50 });
    expect(counts.length).toBeLessThanOrEqual(2);
    await world.nests.look(id);
    expect(world.toldAbout(id).filter(({ type }) => type === 'participants')).toHaveLength(counts.length);
  });
});

describe('the diagnostics of the server’s half', () => {
  it('show the host all, others less', async () => {
    await world.enter(id, ann);
    await world.sweep.once('all');
    const { lastAliveAt } = await world.record(id);
    const common = {
      roomId: id,
      store: { ok: true },
      livekit: { ok: true },
      record: { present: true, status: 'active', generation: 1, idle: false, lastAliveAt },
      lastSweepAt: world.sweep.lastAt,
    };
    const room = { present: true, participants: 1 };
    expect(await world.nests.diagnostics(id, null)).toEqual({ ...common, room });
    expect(await world.nests.diagnostics(id, host)).toEqual({
      ...common,
      room: { ...room, name: `${id}:1` },
    });
  });

  it('show a record without a room', async () => {
    world.media.kill();
    expect(await world.nests.diagnostics(id, null)).toMatchObject({
      record: { present: true },
      room: { present: false },
    });
  });

  it('show a room without a record', async () => {
    await world.settled();
    await world.forget(id);
    await world.clock.sleep(1_500);
    expect(await world.nests.diagnostics(id, null)).toMatchObject({
      record: { present: false },
      room: { present: true },
    });
    expect(await world.nests.diagnostics('unknown', null)).toMatchObject({
      record: { present: false },
      room: { present: false },
    });
  });

  it('show which part is down instead of failing', async () => {
    await world.clock.sleep(1_500);
    world.media.faults.down = true;
    expect(await world.nests.diagnostics(id, null)).toMatchObject({
      store: { ok: true },
      livekit: { ok: false, message: 'MediaUnavailable' },
      record: { present: true },
      room: {},
    });
    world.storeFaults.down = true;
    expect(await world.nests.diagnostics(id, null)).toMatchObject({
      store: { ok: false, message: 'StoreUnavailable' },
      livekit: { ok: false },
    });
    // Nobody knows whether there is one.
    expect((await world.nests.diagnostics(id, null)).record).toEqual({});
  });

  it('hide from others what happens in an invite-only nest', async () => {
    await world.nests.patch(id, host, { access: 'invite' });
    for (const actor of [null, ann]) {
      expect((await world.nests.diagnostics(id, actor)).record).toEqual({ present: true, status: 'active' });
    }
    expect((await world.nests.diagnostics(id, host)).record).toMatchObject({ generation: 1, idle: false });
    expect((await world.nests.diagnostics(id, ann)).room).toEqual({ present: true });
    expect((await world.nests.diagnostics(id, host)).room).toMatchObject({ participants: 0 });
  });

  it('say what is under way, to the host', async () => {
    world.storeFaults.next('put', 'ok', 'lost before');
    await refusal(world.nests.restart(id, host.pubkey));
    expect((await world.nests.diagnostics(id, host)).record).toMatchObject({ pending: 'restart' });
    expect((await world.nests.diagnostics(id, null)).record).not.toHaveProperty('pending');
  });
});
