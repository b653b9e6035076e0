import { personIdentity } from '@nests/protocol/identity';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeConnection } from './testing/fake-media.ts';
import { person, refusal, withSession, World } from './testing/world.ts';

const host = person('host');
const cohost = person('cohost');
const ann = person('ann');
const eve = person('eve');

let world: World;
let id: string;
let hosts: FakeConnection;
beforeEach(async () => {
  world = new World();
  const entry = await world.openNest(host);
  id = entry.roomId;
  hosts = world.media.connect(entry.token);
  await world.nests.permissions(id, host, { participant: cohost.pubkey, is_admin: true });
});

const permit = (actor = host, participant = ann, can_publish = true) =>
  world.nests.permissions(id, actor, { participant: participant.pubkey, can_publish });

describe('the stage', () => {
  it('gives and takes the microphone at LiveKit, on all of somebody’s devices', async () => {
    const devices = [await world.enter(id, ann), await world.enter(id, ann)];
    expect(await permit()).toEqual({ changed: true });
    expect(devices.map((device) => device.mayPublish())).toEqual([true, true]);
    expect(await permit()).toEqual({ changed: false });
    expect(await permit(cohost, ann, false)).toEqual({ changed: true });
    expect(devices.map((device) => device.mayPublish())).toEqual([false, false]);
    expect(await permit(cohost, ann, false)).toEqual({ changed: false });
  });

  it('can always be left by oneself, and not be taken by oneself', async () => {
    const connection = await world.enter(id, ann);
    expect(await refusal(permit(ann, ann, true))).toBe('forbidden');
    await permit();
    const session = { pubkey: ann.pubkey, identity: connection.identity, by: 'session' as const };
    await world.nests.permissions(id, session, { participant: ann.pubkey, can_publish: false });
    expect(connection.mayPublish()).toBe(false);
    await permit(host, host, false);
    expect(hosts.mayPublish()).toBe(false);
    await permit(host, host, true);
    expect(hosts.mayPublish()).toBe(true);
  });

  it('is full at its limit', async () => {
    await world.nests.patch(id, host, { stageLimit: 3 });
    await permit(host, ann);
    expect(await refusal(permit(host, eve))).toBe('stage_full');
    expect(
      await refusal(world.nests.permissions(id, host, { participant: eve.pubkey, is_admin: true })),
    ).toBe('stage_full');
    await permit(host, ann, false);
    expect(await refusal(permit(host, eve))).toBe('no refusal');
  });

  it('keeps its limit when two are brought up at once on two replicas', async () => {
    await world.nests.patch(id, host, { stageLimit: 3 });
    const replica = world.addReplica();
    const codes = await Promise.all([
      refusal(permit(host, ann)),
      refusal(replica.nests.permissions(id, cohost, { participant: eve.pubkey, can_publish: true })),
    ]);
    expect(codes.sort()).toEqual(['no refusal', 'stage_full']);
    expect((await world.record(id)).speakers).toHaveLength(3);
  });

  it('is set by host and co-hosts, never against the host', async () => {
    expect(await refusal(permit(eve, ann))).toBe('forbidden');
    expect(await refusal(permit(cohost, host, false))).toBe('forbidden');
    expect(await refusal(permit(cohost, ann))).toBe('no refusal');
  });

  it('has co-hosts whom only the host names, with the key itself', async () => {
    const change = { participant: ann.pubkey, is_admin: true };
    expect(await refusal(world.nests.permissions(id, cohost, change))).toBe('forbidden');
    expect(await refusal(world.nests.permissions(id, { ...host, by: 'session' }, change))).toBe(
      'key_required',
    );
    expect(await refusal(world.nests.permissions(id, host, change))).toBe('no refusal');
    expect((await world.nests.join(id, ann)).role).toBe('admin');
    await world.nests.permissions(id, host, { participant: ann.pubkey, is_admin: false });
    expect((await world.nests.join(id, ann)).role).toBe('speaker');
  });

  it('can be muted', async () => {
    const connection = await world.enter(id, ann);
    await permit();
    connection.talk();
    const mute = (actor = cohost) =>
      world.nests.permissions(id, actor, { participant: ann.pubkey, mute_microphone: true });
    expect(await refusal(mute(eve))).toBe('forbidden');
    expect(await mute()).toEqual({ changed: true });
    expect(await mute()).toEqual({ changed: false });
    expect((await world.media.participants(`${id}:1`)).flatMap(({ publishing }) => publishing)).toMatchObject(
      [{ muted: true }],
    );
  });

  it('can be muted while the nest moves', async () => {
    await permit();
    (await world.enter(id, ann)).talk();
    world.storeFaults.next('put', 'ok', 'lost before');
    await refusal(world.nests.restart(id, host.pubkey));
    expect(
      await world.nests.permissions(id, host, { participant: ann.pubkey, mute_microphone: true }),
    ).toEqual({ changed: true });
  });

  it('is not given while LiveKit is down; it can be taken, and the sweep sees to it', async () => {
    const connection = await world.enter(id, ann);
    await permit();
    await world.clock.sleep(1_500);
    world.media.faults.down = true;
    expect(await refusal(permit(host, eve))).toBe('livekit_unavailable');
    expect((await world.record(id)).speakers).not.toContain(eve.pubkey);
    expect(await permit(host, ann, false)).toEqual({ changed: true });
    await world.settled();
    expect(connection.mayPublish()).toBe(true);
    world.media.faults.down = false;
    await world.sweep.once('all');
    expect(connection.mayPublish()).toBe(false);
    expect(world.repairs.rights_corrected).toBeGreaterThan(0);
  });

  it('agrees with the record when two co-hosts decide differently at once', async () => {
    const connection = await world.enter(id, ann);
    const setRole = world.media.setRole.bind(world.media);
    // The first decision takes its time on the way to LiveKit.
    let slow = true;
    world.media.setRole = async (...args) => {
      if (slow) {
        slow = false;
        await world.clock.sleep(500);
      }
      return setRole(...args);
    };
    await Promise.all([
      permit(host, ann, true),
      world.clock.sleep(10).then(() => permit(cohost, ann, false)),
    ]);
    expect((await world.record(id)).speakers.includes(ann.pubkey)).toBe(false);
    expect(connection.mayPublish()).toBe(false);
  });
});

describe('a removal', () => {
  it('takes somebody out and off the stage; their session ends, their key may come back', async () => {
    await permit();
    const entry = await world.nests.join(id, ann);
    const connection = world.media.connect(entry.token);
    expect(await refusal(world.nests.remove(id, ann, { participant: eve.pubkey, ban: false }))).toBe(
      'forbidden',
    );
    await world.nests.remove(id, cohost, { participant: ann.pubkey, ban: false });
    expect(connection.isInside()).toBe(false);
    expect(await refusal(world.nests.renew(id, withSession(entry)))).toBe('removed');
    expect(await refusal(world.nests.hand(id, withSession(entry), true))).toBe('removed');
    expect((await world.nests.join(id, ann)).role).toBe('listener');
  });

  it('takes out whoever has not moved yet, also while the nest moves', async () => {
    const entry = await world.nests.join(id, ann);
    const connection = world.media.connect(entry.token);
    // The move was intended, and the process died before it was confirmed.
    world.storeFaults.next('put', 'ok', 'lost before');
    await refusal(world.nests.restart(id, host.pubkey));
    expect((await world.record(id)).pending).toBeDefined();
    await world.nests.remove(id, cohost, { participant: ann.pubkey, ban: false });
    expect(connection.isInside()).toBe(false);
    expect(await refusal(world.nests.renew(id, withSession(entry)))).toBe('removed');
  });

  it('finds people in the room that is being left', async () => {
    const entry = await world.nests.join(id, ann);
    const connection = world.media.connect(entry.token);
    await world.nests.restart(id, host.pubkey);
    await world.nests.remove(id, cohost, { participant: ann.pubkey, ban: false });
    expect(connection.isInside()).toBe(false);
    expect(await refusal(world.nests.renew(id, withSession(entry)))).toBe('removed');
  });

  it('holds against the old token', async () => {
    const entry = await world.nests.guest(id);
    world.media.connect(entry.token);
    await world.nests.remove(id, host, { participant: entry.identity, ban: false });
    const again = world.media.connect(entry.token);
    await world.nests.look(id);
    expect(again.isInside()).toBe(false);
    expect(await refusal(world.nests.renew(id, withSession(entry)))).toBe('removed');
    expect((await world.record(id)).generation).toBe(1);
  });

  it('is not possible against the host, nor a ban against a guest', async () => {
    const { identity } = await world.nests.guest(id);
    expect(await refusal(world.nests.remove(id, cohost, { participant: host.pubkey, ban: true }))).toBe(
      'forbidden',
    );
    expect(await refusal(world.nests.remove(id, host, { participant: identity, ban: true }))).toBe(
      'forbidden',
    );
  });
});

describe('a ban', () => {
  const ban = (who = eve) =>
    world.nests.remove(id, host, { participant: who.pubkey, ban: true, reason: 'noise' });

  it('takes somebody out everywhere, office and place in the queue included', async () => {
    await world.nests.permissions(id, host, { participant: eve.pubkey, is_admin: true });
    const devices = [await world.enter(id, eve), await world.enter(id, eve)];
    await ban();
    expect(devices.map((device) => device.isInside())).toEqual([false, false]);
    const record = await world.record(id);
    expect([...record.speakers, ...record.admins]).not.toContain(eve.pubkey);
    expect(await world.nests.bans(id, cohost)).toEqual([
      { pubkey: eve.pubkey, by: host.pubkey, at: world.clock.now(), reason: 'noise' },
    ]);
  });

  it('refuses tokens, sessions, hands and offices', async () => {
    const entry = await world.nests.join(id, eve);
    await ban();
    for (const attempt of [
      world.nests.join(id, eve),
      world.nests.renew(id, withSession(entry)),
      world.nests.hand(id, eve, true),
      world.nests.permissions(id, eve, { participant: eve.pubkey, can_publish: false }),
      permit(host, eve),
    ]) {
      expect(await refusal(attempt)).toBe('banned');
    }
  });

  it('holds across restarts, and until it is lifted with the key itself', async () => {
    await ban();
    await world.nests.restart(id, host.pubkey);
    expect(await refusal(world.nests.join(id, eve))).toBe('banned');
    expect(await refusal(world.nests.unban(id, { ...host, by: 'session' }, eve.pubkey))).toBe('key_required');
    expect(await refusal(world.nests.unban(id, eve, eve.pubkey))).toBe('banned');
    await world.nests.unban(id, cohost, eve.pubkey);
    expect(await refusal(world.nests.join(id, eve))).toBe('no refusal');
    expect(await world.nests.bans(id, host)).toEqual([]);
  });

  it('moves the nest, once, when the banned key comes back with its old token', async () => {
    const entry = await world.nests.join(id, eve);
    const listener = await world.enter(id, ann);
    await ban();
    await world.clock.sleep(3_000);
    const back = world.media.connect(entry.token);
    await world.nests.look(id);
    expect(back.isInside()).toBe(false);
    expect((await world.record(id)).generation).toBe(2);
    expect(world.repairs.ban_moved).toBe(1);
    await world.clock.sleep(50);
    expect(listener.inbox).toContainEqual({ type: 'restarted', generation: 2 });
    // The old token is for the old room; that one is watched until it is gone.
    const last = world.media.connect(entry.token);
    await world.enter(id, ann);
    listener.leave();
    await world.nests.look(id);
    await world.settled();
    expect(last.isInside()).toBe(false);
    expect((await world.record(id)).generation).toBe(2);
    expect(() => world.media.connect(entry.token)).toThrow('does not exist');
  });

  it('needs no webhook: whoever comes back with an old token has half a second', async () => {
    const entry = await world.nests.join(id, eve);
    const listener = await world.enter(id, ann);
    await ban();
    await world.clock.sleep(9 * 60_000);
    const back = world.media.connect(entry.token);
    await world.clock.sleep(550);
    expect(back.isInside()).toBe(false);
    expect(listener.inbox).toContainEqual({ type: 'restarted', generation: 2 });
    // While the others move, the old room is guarded more closely.
    const last = world.media.connect(entry.token);
    await world.clock.sleep(200);
    expect(last.isInside()).toBe(false);
  });

  it('keeps nobody in the old room whom nobody waits for', async () => {
    const entry = await world.nests.join(id, eve);
    const listener = await world.enter(id, ann);
    await ban();
    await world.clock.sleep(3_000);
    world.media.connect(entry.token);
    await world.clock.sleep(550);
    for (const moving of [hosts, listener]) moving.leave();
    for (const _ of Array.from({ length: 50 })) {
      if (!world.media.roomNames.includes(`${id}:1`)) break;
      if (world.media.inside(`${id}:1`).length === 0) world.media.connect(entry.token);
      await world.clock.sleep(20);
    }
    expect(world.media.roomNames).toEqual([`${id}:2`]);
  });

  it('is guarded no longer than anybody can come back', async () => {
    await world.enter(id, ann);
    await ban();
    await world.nests.restart(id, host.pubkey);
    await world.clock.sleep(10_000);
    world.media.calls.length = 0;
    await world.clock.sleep(10_000);
    expect(world.media.calls).toEqual([]);
  });

  it('does not give up when LiveKit says “not found” for a while', async () => {
    const connection = await world.enter(id, eve);
    const remove = world.media.remove.bind(world.media);
    let misses = 4;
    world.media.remove = async (...args) => (misses-- > 0 ? false : remove(...args));
    await ban();
    expect(connection.isInside()).toBe(true);
    await world.settled();
    expect(connection.isInside()).toBe(false);
  });

  it('is accepted while LiveKit is down, and enforced when it is back', async () => {
    const connection = await world.enter(id, eve);
    world.media.faults.down = true;
    await ban();
    await world.settled();
    world.media.faults.down = false;
    expect(connection.isInside()).toBe(true);
    await world.sweep.once('live');
    expect(connection.isInside()).toBe(false);
    expect(world.repairs.ban_enforced).toBe(1);
    expect((await world.record(id)).generation).toBe(1);
  });

  it('is not accepted when it cannot be stored', async () => {
    world.storeFaults.next('put', 'lost before');
    expect(await refusal(ban())).toBe('store_unavailable');
  });

  it('catches somebody who was let in at the same moment', async () => {
    const entry = await world.nests.join(id, eve);
    await ban();
    const connection = world.media.connect(entry.token);
    await world.sweep.once('live');
    expect(connection.isInside()).toBe(false);
  });

  it('never touches the recorder or a visitor of other software', async () => {
    const token = (identity: string) =>
      world.media.token({ room: `${id}:1`, identity, role: 'listener', canPublish: false, ttlS: 60 });
    const recorder = world.media.connect(await token(personIdentity(eve.pubkey, 'recorder')), {
      hidden: true,
    });
    const visitor = world.media.connect(await token('EG_egress'));
    await ban();
    await world.sweep.once('all');
    expect([recorder.isInside(), visitor.isInside()]).toEqual([true, true]);
  });
});
