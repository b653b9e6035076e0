import { expect, test } from 'vitest';

import { apiError, noAnswer } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, join, ME, STRANGER, World } from './testing/world.ts';

async function inTheNest(me: string | null = ME) {
  const world = new World(me);
  world.api.put({ id: 'nest', host: HOST });
  const session = await world.enter();
  return { world, session };
}

test('a restart moves everybody without a click, beside the old connection, which is left afterwards', async () => {
  const { world, session } = await inTheNest();
  const old = world.media.only;
  let openAtTheSameTime = 0;
  session.$connection.listen(() => expect.unreachable('the badge stays Connected'));
  world.media.player.handedOver = async () => {
    openAtTheSameTime = world.media.open.length;
  };
  world.api.restartNow('nest');
  await settle();
  expect(openAtTheSameTime).toBe(2);
  expect(old.$state.get()).toBe('closed');
  expect(world.media.only.room).toBe('nest:2');
  expect(session.$notice.get()).toMatchObject({ code: 'restarted', kind: 'line' });
  expect(world.api.calls).toContain('renew nest');
});

test('a generation that heals by itself is followed too, but nobody restarted anything', async () => {
  const { world, session } = await inTheNest();
  world.api.restartNow('nest', false);
  await settle();
  expect(world.media.only.room).toBe('nest:2');
  expect(session.$notice.get()).toBeNull();
});

test('the same is said by a data packet when the feed is silent', async () => {
  const { world } = await inTheNest();
  world.media.rooms.add('nest:2');
  world.api.nests.get('nest')!.generation = 2;
  world.media.only.packet({ type: 'restarted', generation: 2 });
  world.media.only.packet({ type: 'nonsense' });
  await settle();
  expect(world.media.only.room).toBe('nest:2');
});

test('two restarts at once: one connection at a time, and everybody ends in the newest', async () => {
  const { world } = await inTheNest();
  let open: () => void = () => undefined;
  world.media.gate = new Promise((resolve) => (open = resolve));
  world.api.restartNow('nest');
  await settle();
  world.api.restartNow('nest');
  await settle();
  open();
  world.media.gate = null;
  await world.clock.pass(5_000);
  expect(world.media.mostAtOnce).toBe(1);
  expect(world.media.only.room).toBe('nest:3');
});

test('a generation that is told while the API is being asked for it costs no second question', async () => {
  const { world } = await inTheNest();
  world.media.only.end('room_gone');
  const renew = world.api.renew.bind(world.api);
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  world.api.renew = async (id, session) => {
    await answered;
    return renew(id, session);
  };
  await world.clock.pass(1_000);
  world.api.restartNow('nest', false);
  answer();
  await world.clock.pass(1_000);
  expect(world.media.only.room).toBe('nest:2');
  expect(world.api.calls.filter((call) => call === 'renew nest')).toHaveLength(1);
});

test('an older generation, told late, moves nobody', async () => {
  const { world } = await inTheNest();
  world.api.restartNow('nest');
  await settle();
  const tries = world.media.tries.length;
  world.api.tell('nest', { type: 'restarted', generation: 1 });
  await settle();
  expect(world.media.tries).toHaveLength(tries);
});

test('the room is gone: the API is asked for the generation, without the signer', async () => {
  const { world, session } = await inTheNest();
  world.media.rooms.add('nest:2');
  world.api.nests.get('nest')!.generation = 2;
  world.media.only.end('room_gone');
  expect(session.$connection.get()).toBe('reconnecting');
  await world.clock.pass(1_000);
  expect(world.media.only.room).toBe('nest:2');
  expect(world.api.calls.filter((call) => call === 'join nest')).toHaveLength(1);
});

test('a lost connection comes back by itself, however long LiveKit is away, and says so meanwhile', async () => {
  const { world, session } = await inTheNest();
  world.media.unreachable = true;
  world.media.only.end('lost');
  await world.clock.pass(60_000);
  expect(session.$phase.get()).toBe('in');
  expect(session.$connection.get()).toBe('reconnecting');
  const tries = world.media.tries.length;
  expect(tries).toBeGreaterThan(15);
  expect(tries).toBeLessThan(80);
  world.media.unreachable = false;
  await world.clock.pass(3_100);
  expect(session.$connection.get()).toBe('connected');
  expect(session.$notice.get()?.code).toBe('reconnected');
});

test('after five minutes the app stops trying and asks', async () => {
  const { world, session } = await inTheNest();
  world.media.unreachable = true;
  world.media.only.end('lost');
  await world.clock.pass(310_000);
  expect(session.$error.get()).toMatchObject({ code: 'audio_unreachable', action: 'retry' });
});

test('an API that is down or overloaded is waited for, as long as it says', async () => {
  const { world, session } = await inTheNest();
  world.api.setback('renew', noAnswer(), apiError('store_unavailable'), apiError('rate_limited', 20));
  world.media.only.end('lost');
  await world.clock.pass(15_000);
  expect(session.$connection.get()).toBe('reconnecting');
  await world.clock.pass(10_000);
  expect(session.$connection.get()).toBe('connected');
});

test('the network is back: no more waiting', async () => {
  const { world, session } = await inTheNest();
  world.api.setback('renew', apiError('rate_limited', 600));
  world.media.only.end('lost');
  await world.clock.pass(1_000);
  world.networkIsBack();
  await settle();
  expect(session.$connection.get()).toBe('connected');
});

test('an expired session comes in anew', async () => {
  const { world, session } = await inTheNest();
  world.api.deadSessions.add('session-1');
  world.media.only.end('lost');
  await world.clock.pass(2_000);
  expect(session.$connection.get()).toBe('connected');
  expect(world.api.calls.filter((call) => call === 'join nest')).toHaveLength(2);
});

test('ended, told by the feed: everything closes, cached session included', async () => {
  const { world, session } = await inTheNest();
  world.api.change('nest', { status: 'ended' });
  await settle();
  expect(session.$phase.get()).toBe('ended');
  expect(session.$connection.get()).toBe('disconnected');
  expect(world.media.open).toEqual([]);
  expect([...world.tab.all.keys()]).toEqual([]);
});

test('ended, found out by asking', async () => {
  const { world, session } = await inTheNest();
  world.api.nests.get('nest')!.status = 'ended';
  world.media.only.end('room_gone');
  await world.clock.pass(1_000);
  expect(session.$phase.get()).toBe('ended');
});

test('removed: said, and nobody tries to come back', async () => {
  const { world, session } = await inTheNest();
  world.media.only.end('removed');
  await world.clock.pass(60_000);
  expect(session.$phase.get()).toBe('removed');
  expect(world.media.tries).toHaveLength(1);
});

test('opened elsewhere: said, and only a click takes it back, with another identity', async () => {
  const { world, session } = await inTheNest();
  world.media.only.end('duplicate');
  await world.clock.pass(60_000);
  expect(session.$error.get()).toMatchObject({ code: 'elsewhere', action: 'retry' });
  expect(world.media.tries).toHaveLength(1);
  void session.$retry.get()?.();
  await settle();
  expect(session.$phase.get()).toBe('in');
  expect(world.api.calls.filter((call) => call === 'join nest')).toHaveLength(2);
});

test("one's own leave: nothing follows", async () => {
  const { world, session } = await inTheNest();
  await session.$leave.get()?.();
  world.api.restartNow('nest');
  await world.clock.pass(60_000);
  expect(session.$phase.get()).toBe('idle');
  expect(session.$connection.get()).toBe('disconnected');
  expect(world.media.tries).toHaveLength(1);
});

test('leaving while a connection is being made leaves nothing open', async () => {
  const { world, session } = await inTheNest();
  let open: () => void = () => undefined;
  world.media.gate = new Promise((resolve) => (open = resolve));
  world.api.restartNow('nest');
  await settle();
  const left = session.$leave.get()?.();
  open();
  await left;
  await settle();
  expect(world.media.open).toEqual([]);
  expect(session.$phase.get()).toBe('idle');
});

test('moved, by the same host: taken along', async () => {
  const { world, session } = await inTheNest();
  world.api.put({ id: 'next', host: HOST });
  world.api.tell('nest', { type: 'moved', roomId: 'next', host: HOST });
  await world.clock.pass(1_000);
  expect(session.$roomId.get()).toBe('next');
  expect(world.media.only.room).toBe('next:1');
  expect(world.paths.at(-1)).toBe(`/nest/next#${HOST}`);
  expect(world.api.listeners('nest')).toBe(0);
  expect(world.api.listeners('next')).toBe(1);
});

test('moved, after one had given up on the missing nest: taken along', async () => {
  const { world, session } = await inTheNest();
  world.api.nests.delete('nest');
  world.media.only.end('room_gone');
  await world.clock.pass(20_000);
  expect(session.$phase.get()).toBe('error');
  world.api.put({ id: 'next', host: HOST });
  world.api.tell('nest', { type: 'moved', roomId: 'next', host: HOST });
  await world.clock.pass(1_000);
  expect(session.$phase.get()).toBe('in');
  expect(world.media.only.room).toBe('next:1');
});

test("a stranger's nest is not followed", async () => {
  const { world, session } = await inTheNest();
  world.api.put({ id: 'trap', host: STRANGER });
  world.api.tell('nest', { type: 'moved', roomId: 'trap', host: STRANGER });
  await settle();
  expect(session.$roomId.get()).toBe('nest');
  expect(world.log.at(-1)).toBe('⚠️ A move was not followed: {"roomId":"trap","refusal":"stranger"}');
});

test('a circle is refused', async () => {
  const { world, session } = await inTheNest();
  world.api.put({ id: 'next', host: HOST });
  world.api.tell('nest', { type: 'moved', roomId: 'next', host: HOST });
  await world.clock.pass(1_000);
  world.api.tell('next', { type: 'moved', roomId: 'nest', host: HOST });
  await world.clock.pass(1_000);
  expect(session.$roomId.get()).toBe('next');
});

test('after three moves the fourth has to be clicked', async () => {
  const { world, session } = await inTheNest();
  let from = 'nest';
  for (const to of ['one', 'two', 'three', 'four']) {
    world.api.put({ id: to, host: HOST });
    world.api.tell(from, { type: 'moved', roomId: to, host: HOST });
    await world.clock.pass(1_000);
    from = to;
  }
  expect(session.$roomId.get()).toBe('three');
});

test('the record is gone and the host made another: /successor tells, for the host we know', async () => {
  const { world, session } = await inTheNest();
  world.api.nests.delete('nest');
  world.api.put({ id: 'next', host: HOST });
  world.api.successors.set('nest', 'next');
  world.media.only.end('room_gone');
  await world.clock.pass(1_000);
  expect(world.media.only.room).toBe('next:1');
  expect(session.$notice.get()?.code).toBe('moved');
});

test("a successor that is a stranger's is refused, whatever the server says", async () => {
  const { world, session } = await inTheNest();
  world.api.nests.delete('nest');
  world.api.put({ id: 'trap', host: STRANGER });
  world.api.successors.set('nest', 'trap');
  world.media.only.end('room_gone');
  await world.clock.pass(20_000);
  expect(session.$roomId.get()).toBe('nest');
  expect(session.$error.get()?.code).toBe('not_available');
});

test("the pointer in the host's own event is followed when nobody else knows", async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 900, status: 'closed' }, [
    ['a', `30312:${HOST}:next`, '', 'moved'],
  ]);
  world.api.put({ id: 'next', host: HOST });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  expect(session.$roomId.get()).toBe('next');
  expect(session.$phase.get()).toBe('in');
});

test('who stands before a missing nest is taken along when its host restarts it later', async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 900 });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  expect(session.$error.get()?.code).toBe('not_available');
  await world.clock.pass(60_000);
  world.api.put({ id: 'next', host: HOST });
  world.api.successors.set('nest', 'next');
  await world.clock.pass(31_000);
  expect(session.$phase.get()).toBe('in');
  expect(session.$roomId.get()).toBe('next');
});

test('a record that is under repair for a moment costs nothing but the moment', async () => {
  const { world, session } = await inTheNest();
  const nest = world.api.nests.get('nest')!;
  world.api.nests.delete('nest');
  world.media.only.end('lost');
  await world.clock.pass(4_000);
  world.api.nests.set('nest', nest);
  await world.clock.pass(4_000);
  expect(session.$connection.get()).toBe('connected');
});

test('a feed that knows no such nest is asked again by those who are in: the record may be under repair', async () => {
  const { world, session } = await inTheNest();
  world.api.refuseFeed('nest', apiError('room_not_found'));
  expect(world.api.listeners('nest')).toBe(1);
  await session.$leave.get()?.();
  world.api.refuseFeed('nest', apiError('room_not_found'));
  expect(world.api.listeners('nest')).toBe(0);
});

test('nobody is invited or demoted by a move, only by what the next nest says', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST, ME] });
  world.api.put({ id: 'next', host: HOST });
  const session = await world.enter();
  world.api.change('nest', { speakers: [HOST] });
  await world.clock.pass(5_000);
  session.$invitation.listen(() => expect.unreachable('nobody invited'));
  const said: (string | undefined)[] = [];
  session.$notice.listen((notice) => said.push(notice?.code));
  world.api.tell('nest', { type: 'moved', roomId: 'next', host: HOST });
  await world.clock.pass(5_000);
  expect(world.media.only.room).toBe('next:1');
  expect(said).toEqual(['moved']);
});
