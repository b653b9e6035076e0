import { expect, test } from 'vitest';

import type { LinkPerson } from '../media/media-types.ts';
import { apiError } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, ME, OTHER, World } from './testing/world.ts';

async function listening() {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST] });
  const session = await world.enter();
  await settle();
  return { world, session };
}

/** In the nest as somebody who speaks. */
const person = (pubkey: string, more: Partial<LinkPerson> = {}): LinkPerson => ({
  identity: `${pubkey}:1`,
  pubkey,
  role: null,
  joinedAt: 0,
  microphone: 'none',
  speaking: false,
  isMe: false,
  ...more,
});

test('a listener has no microphone to switch, and nobody asks for one', async () => {
  const { world, session } = await listening();
  expect(session.$toggleMicrophone.get()).toBeNull();
  expect(session.$raiseHand.get()).not.toBeNull();
  expect(world.media.microphone.asked).toBe(0);
});

test('granted: an invitation; Speak asks for the microphone and starts muted', async () => {
  const { world, session } = await listening();
  world.api.change('nest', { speakers: [HOST, ME] });
  expect(session.$invitation.get()).toEqual({ from: HOST });
  expect(world.media.microphone.asked).toBe(0);
  expect(session.$toggleMicrophone.get()).toBeNull();
  await session.$acceptInvitation.get()?.();
  expect(world.media.microphone.asked).toBe(1);
  expect(session.$microphone.get()).toMatchObject({ desired: 'muted', actual: 'muted', problem: null });
  expect(world.media.only.sent.every(({ live }) => !live)).toBe(true);
  expect(session.$notice.get()?.code).toBe('on_stage');
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get().actual).toBe('live');
});

test('Not now: steps down, and no word about the audience', async () => {
  const { world, session } = await listening();
  world.api.change('nest', { speakers: [HOST, ME] });
  await session.$declineInvitation.get()?.();
  expect(session.$invitation.get()).toBeNull();
  expect(session.$role.get()).toBe('listener');
  expect(session.$notice.get()).toBeNull();
  expect(world.api.calls.at(-1)).toBe(
    `permissions nest ${JSON.stringify({ participant: ME, can_publish: false })} session`,
  );
  expect(world.media.microphone.asked).toBe(0);
});

test('an invitation that is taken back is gone', async () => {
  const { world, session } = await listening();
  world.api.change('nest', { speakers: [HOST, ME] });
  world.api.change('nest', { speakers: [HOST] });
  expect(session.$invitation.get()).toBeNull();
});

test('a hand goes up when the server has it, and down again', async () => {
  const { world, session } = await listening();
  const raised = session.$raiseHand.get()?.();
  expect(session.$hand.get()).toMatchObject({ desired: true, actual: false, syncing: true });
  await raised;
  expect(session.$hand.get()).toMatchObject({ actual: true, syncing: false });
  expect(session.$hands.get()).toEqual([{ pubkey: ME, since: 5 }]);
  await session.$lowerHand.get()?.();
  expect(session.$hand.get().actual).toBe(false);
  world.api.setback('hand', apiError('rate_limited'));
  await session.$raiseHand.get()?.();
  expect(session.$hand.get()).toMatchObject({ desired: false, actual: false });
  expect(session.$notice.get()?.code).toBe('hand_failed');
});

test('the stage and the audience: roles of the record, people of LiveKit, hands first', async () => {
  const { world, session } = await listening();
  world.api.change('nest', { admins: [OTHER], hands: [{ pubkey: ME, since: 1 }] });
  world.media.only.$people.set([
    person(ME, { isMe: true, joinedAt: 3 }),
    { ...person('e'.repeat(64)), joinedAt: 1 },
    person(OTHER, { joinedAt: 2, microphone: 'muted' }),
    person(HOST, { joinedAt: 4, microphone: 'live', speaking: true }),
    { ...person(HOST), identity: `${HOST}:2`, joinedAt: 9 },
    { ...person(ME), identity: 'guest-x', pubkey: null, joinedAt: 5 },
  ]);
  expect(session.$stage.get().map(({ key, role, microphone }) => [key[0], role, microphone])).toEqual([
    ['a', 'host', 'live'],
    ['d', 'admin', 'muted'],
  ]);
  expect(session.$audience.get().map(({ key, role }) => [key[0], role])).toEqual([
    ['b', 'listener'],
    ['e', 'listener'],
    ['g', 'guest'],
  ]);
  expect(session.$count.get()).toBe(5);
});

test('nobody vanishes from the stage while everybody moves', async () => {
  const { world, session } = await listening();
  world.media.only.$people.set([person(HOST), person(ME, { isMe: true })]);
  world.api.restartNow('nest');
  await settle();
  world.media.open.at(-1)?.$people.set([person(ME, { isMe: true })]);
  expect(session.$stage.get().map(({ pubkey }) => pubkey)).toEqual([HOST]);
  await world.clock.pass(5_000);
  expect(session.$stage.get()).toEqual([]);
});

test('a host who stays away has left; one who is back in a moment has not', async () => {
  const { world, session } = await listening();
  const me = person(ME, { isMe: true });
  world.media.only.$people.set([me, person(HOST)]);
  world.media.only.$people.set([me]);
  await world.clock.pass(3_000);
  world.media.only.$people.set([me, person(HOST)]);
  await world.clock.pass(20_000);
  expect(session.$notice.get()).toBeNull();
  world.media.only.$people.set([me]);
  await world.clock.pass(10_000);
  expect(session.$notice.get()?.code).toBe('host_left');
});

test('what a co-host may do to whom', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, admins: [ME], speakers: [HOST, OTHER] });
  const session = await world.enter();
  await settle();
  world.media.only.$people.set([
    person(ME, { isMe: true }),
    person(HOST),
    person(OTHER, { microphone: 'live' }),
    person('e'.repeat(64)),
  ]);
  const [host, , speaker] = session.$stage.get();
  const [listener] = session.$audience.get();
  const possible = (someone: typeof host) =>
    Object.entries(session.moderation(someone!)).flatMap(([name, action]) => (action ? [name] : []));
  expect(possible(host)).toEqual([]);
  expect(possible(speaker)).toEqual(['toAudience', 'mute', 'remove', 'ban']);
  expect(possible(listener)).toEqual(['invite', 'remove', 'ban']);
  await session.moderation(listener!).invite?.();
  await session.moderation(speaker!).ban?.('noise');
  expect(world.api.calls.slice(-2)).toEqual([
    `permissions nest ${JSON.stringify({ participant: listener!.key, can_publish: true })} session`,
    `remove nest ${JSON.stringify({ participant: OTHER, ban: true, reason: 'noise' })}`,
  ]);
  expect(possible(speaker)).toContain('liftBan');
  world.api.setback('permissions', apiError('stage_full'));
  await session.moderation(listener!).invite?.();
  expect(session.$notice.get()).toMatchObject({ code: 'moderation_failed', values: { code: 'stage_full' } });
});

test('naming a co-host asks the key again', async () => {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST });
  const session = await world.enter();
  await settle();
  world.media.only.$people.set([person(HOST, { isMe: true }), person(OTHER)]);
  await session.moderation(session.$audience.get()[0]!).makeAdmin?.();
  expect(world.api.calls.at(-1)).toMatch(/"is_admin":true} key$/);
});

test('presence is said on joining, on change, every two minutes and on leaving', async () => {
  const { world, session } = await listening();
  await world.clock.pass(1_100);
  expect(world.nostr.presences).toEqual([{ hand: false, publishing: false, muted: true, onstage: false }]);
  await session.$raiseHand.get()?.();
  await world.clock.pass(1_100);
  expect(world.nostr.presences).toHaveLength(2);
  await world.clock.pass(121_000);
  expect(world.nostr.presences).toHaveLength(3);
  await session.close();
  expect(world.nostr.presences.at(-1)).toBeNull();
  await world.clock.pass(300_000);
  expect(world.nostr.presences).toHaveLength(4);
});
