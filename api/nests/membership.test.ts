import { beforeEach, describe, expect, it } from 'vitest';
import { person, refusal, withSession, World } from './testing/world.ts';

const host = person('host');
const cohost = person('cohost');
const ann = person('ann');
const eve = person('eve');

let world: World;
let id: string;

describe('an invite-only nest', () => {
  beforeEach(async () => {
    world = new World();
    ({ roomId: id } = await world.openNest(host, { access: 'invite' }));
    await world.nests.permissions(id, host, { participant: cohost.pubkey, is_admin: true });
  });

  it('lets in its stage, its office and its members, and nobody else', async () => {
    expect(await refusal(world.nests.join(id, ann))).toBe('invite_only');
    expect(await refusal(world.nests.guest(id))).toBe('invite_only');
    await world.nests.addMember(id, cohost, ann.pubkey);
    for (const actor of [host, cohost, ann])
      expect(await refusal(world.nests.join(id, actor))).toBe('no refusal');
  });

  it('shows others no more than that it is one', async () => {
    const hidden = { hidden: true, status: 'active', access: 'invite' };
    expect(await world.nests.info(id, null)).toEqual(hidden);
    expect(await world.nests.info(id, eve)).toEqual(hidden);
    expect(await world.nests.info(id, cohost)).toMatchObject({ hidden: false, host: host.pubkey });
    expect(await refusal(world.nests.state(id, eve))).toBe('invite_only');
    expect((await world.nests.state(id, host)).state).toMatchObject({ access: 'invite', host: host.pubkey });
    expect(await world.nests.list()).toEqual([]);
  });

  it('lets in whoever has an invitation, and makes them a member', async () => {
    const { secret } = await world.nests.invite(id, cohost);
    expect(await refusal(world.nests.join(id, ann, 'a guess'))).toBe('invite_only');
    const entry = await world.nests.join(id, ann, secret);
    expect(await refusal(world.nests.renew(id, withSession(entry)))).toBe('no refusal');
    expect((await world.record(id)).members).toEqual([ann.pubkey]);
  });

  it('keeps secrets hashed and shows them once', async () => {
    const { id: inviteId, secret } = await world.nests.invite(id, host);
    expect(JSON.stringify(await world.record(id))).not.toContain(secret);
    expect(await world.nests.invites(id, cohost)).toEqual([
      { id: inviteId, by: host.pubkey, at: world.clock.now() },
    ]);
  });

  it('closes an invitation for those who have not come yet', async () => {
    const { id: inviteId, secret } = await world.nests.invite(id, host);
    await world.nests.join(id, ann, secret);
    await world.nests.revokeInvite(id, cohost, inviteId);
    expect(await refusal(world.nests.join(id, eve, secret))).toBe('invite_only');
    expect(await refusal(world.nests.join(id, ann))).toBe('no refusal');
  });

  it('never opens for a banned key, invited or not', async () => {
    const { secret } = await world.nests.invite(id, host);
    await world.nests.addMember(id, host, eve.pubkey);
    await world.nests.remove(id, host, { participant: eve.pubkey, ban: true });
    expect(await refusal(world.nests.join(id, eve, secret))).toBe('banned');
    expect((await world.record(id)).members).toEqual([]);
  });

  it('sends out whoever is a member no longer', async () => {
    await world.nests.addMember(id, host, ann.pubkey);
    const connection = await world.enter(id, ann);
    await world.nests.removeMember(id, cohost, ann.pubkey);
    expect(connection.isInside()).toBe(false);
  });

  it('sends them out from the stage and from office as well, but never the host', async () => {
    await world.nests.permissions(id, host, { participant: ann.pubkey, can_publish: true });
    const [speaker, admin] = [await world.enter(id, ann), await world.enter(id, cohost)];
    for (const { pubkey } of [ann, cohost, host]) await world.nests.removeMember(id, host, pubkey);
    expect([speaker.isInside(), admin.isInside()]).toEqual([false, false]);
    expect(await refusal(world.nests.join(id, ann))).toBe('invite_only');
    expect(await world.record(id)).toMatchObject({ speakers: [host.pubkey], admins: [host.pubkey] });
  });

  it('leaves the stage of an open nest alone when its members change', async () => {
    await world.nests.patch(id, host, { access: 'public' });
    await world.nests.addMember(id, host, cohost.pubkey);
    await world.nests.removeMember(id, host, cohost.pubkey);
    expect((await world.record(id)).admins).toContain(cohost.pubkey);
  });

  it('has its door kept by host and co-hosts', async () => {
    await world.nests.addMember(id, host, ann.pubkey);
    for (const attempt of [
      world.nests.addMember(id, ann, eve.pubkey),
      world.nests.removeMember(id, ann, eve.pubkey),
      world.nests.invite(id, ann),
      world.nests.invites(id, ann),
      world.nests.revokeInvite(id, ann, 'x'),
    ]) {
      expect(await refusal(attempt)).toBe('forbidden');
    }
  });

  it('does not pile up invitations without end', async () => {
    for (let count = 0; count < 100; count += 1) await world.nests.invite(id, host);
    expect(await refusal(world.nests.invite(id, host))).toBe('rate_limited');
  });
});

describe('the options of a nest', () => {
  beforeEach(async () => {
    world = new World();
    ({ roomId: id } = await world.openNest(host));
  });

  it('are the host’s, and the reply is the new info', async () => {
    await world.nests.permissions(id, host, { participant: cohost.pubkey, is_admin: true });
    expect(await refusal(world.nests.patch(id, cohost, { guests: false }))).toBe('forbidden');
    const changes = { relays: ['wss://new.example'], hls_stream: true, stageLimit: 7, capacity: 70 };
    expect(await world.nests.patch(id, host, changes)).toMatchObject({
      hidden: false,
      ...changes,
      guests: true,
    });
    expect(await world.record(id)).toMatchObject(changes);
  });

  it('do not change by asking for what is', async () => {
    const before = await world.record(id);
    await world.nests.patch(id, host, { guests: true, access: 'public', hls_stream: false });
    expect(await world.record(id)).toEqual(before);
  });

  it('do not include the start of a running nest', async () => {
    expect(await refusal(world.nests.patch(id, host, { starts: 1 }))).toBe('already_started');
  });

  it('without guests send those out who are inside', async () => {
    const [guest, listener] = [await world.enter(id, 'guest'), await world.enter(id, ann)];
    await world.nests.patch(id, host, { guests: false });
    expect([guest.isInside(), listener.isInside()]).toEqual([false, true]);
    expect(await refusal(world.nests.guest(id))).toBe('no_guests');
    const session = { pubkey: null, identity: guest.identity, by: 'session' as const };
    expect(await refusal(world.nests.renew(id, session))).toBe('no_guests');
  });

  it('that close the door keep the people who are inside with their keys', async () => {
    const [guest, listener] = [await world.enter(id, 'guest'), await world.enter(id, ann)];
    await world.nests.patch(id, host, { access: 'invite' });
    expect([guest.isInside(), listener.isInside()]).toEqual([false, true]);
    expect(await refusal(world.nests.join(id, ann))).toBe('no refusal');
    expect(await refusal(world.nests.join(id, eve))).toBe('invite_only');
    await world.sweep.once('all');
    expect(listener.isInside()).toBe(true);
  });

  it('that close the door keep them also while the nest moves', async () => {
    const listener = await world.enter(id, ann);
    world.storeFaults.next('put', 'ok', 'lost before');
    await refusal(world.nests.restart(id, host.pubkey));
    await world.nests.patch(id, host, { access: 'invite' });
    expect(listener.isInside()).toBe(true);
    expect(await refusal(world.nests.join(id, ann))).toBe('no refusal');
  });
});
