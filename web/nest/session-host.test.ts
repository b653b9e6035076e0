import { expect, test } from 'vitest';

import { apiError, noAnswer } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, ME, OTHER, World } from './testing/world.ts';

async function hosting() {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST] });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 600, hashtags: ['music'] });
  const session = await world.enter();
  await settle();
  return { world, session };
}

const kindsSent = (world: World) =>
  world.nostr.sent.map(({ kind, tags }) => [kind, tagOf(tags, 'd'), tagOf(tags, 'status')]);
const tagOf = (tags: string[][], name: string) => tags.find((tag) => tag[0] === name)?.[1];

test('restart: the same nest, the next generation, connected without another click', async () => {
  const { world, session } = await hosting();
  const restarting = session.$restart.get()?.();
  expect(session.$restarting.get()).toBe(true);
  expect(session.$restart.get()).toBeNull();
  await restarting;
  await world.clock.pass(5_000);
  expect(world.media.only.room).toBe('nest:2');
  expect(session.$roomId.get()).toBe('nest');
  expect(session.$restarting.get()).toBe(false);
  expect(world.media.tries).toEqual(['nest:1', 'nest:2']);
});

test('restart of a missing nest: a new event first, then the old one closed with a pointer, a new address, a toast', async () => {
  const { world, session } = await hosting();
  world.api.nests.delete('nest');
  await session.$restart.get()?.();
  await world.clock.pass(5_000);
  expect(world.log).toContain('🔄 Nest recreated: nest → nest-again');
  expect(world.log).toContain('📝 Message: Nest recreated with new room ID');
  expect(kindsSent(world)).toEqual([
    [30312, 'nest-again', 'open'],
    [30312, 'nest', 'closed'],
  ]);
  const [made, closed] = world.nostr.sent;
  expect(made?.tags).toContainEqual(['t', 'music']);
  expect(JSON.parse(made?.content ?? '')).toMatchObject({ name: 'Evening', originalRoomId: 'nest' });
  expect(closed?.tags).toContainEqual(['a', `30312:${HOST}:nest-again`, 'wss://relay.test', 'moved']);
  expect(world.paths.at(-1)).toBe(`/nest/nest-again#${HOST}`);
  expect(session.$notice.get()).toMatchObject({ code: 'recreated', kind: 'toast' });
  expect(session.$phase.get()).toBe('in');
  expect(world.media.only.room).toBe('nest-again:1');
});

test('a session is shown at its own nest only: at the new id it would be refused', async () => {
  const { world, session } = await hosting();
  const old = world.tab.get('nests:session:nest');
  world.api.nests.delete('nest');
  await session.$restart.get()?.();
  await world.clock.pass(5_000);
  expect(session.$roomId.get()).toBe('nest-again');
  const atTheNewNest = world.api.sessionsShown.filter(({ id }) => id === 'nest-again');
  expect(old).toBeDefined();
  for (const shown of atTheNewNest) expect(old).not.toContain(shown.session);
});

test('recreated without an old event: Restarted Nest', async () => {
  const world = new World(HOST);
  world.nostr.nothingKnown(HOST, 'nest');
  const session = await world.open({ hostHint: HOST });
  await session.$restart.get()?.();
  await settle();
  expect(kindsSent(world)).toEqual([[30312, 'nest-again', 'open']]);
  expect(tagOf(world.nostr.sent[0]!.tags, 'title')).toBe('Restarted Nest');
  expect(session.$phase.get()).toBe('in');
});

test('a nest made anew that no relay announces: both are said, one after the other', async () => {
  const { world, session } = await hosting();
  const said: unknown[] = [];
  session.$notice.listen((notice) => said.push([notice?.code, notice?.values]));
  world.api.nests.delete('nest');
  world.nostr.allDeaf = true;
  await session.$restart.get()?.();
  await settle();
  expect(said).toEqual([['recreated', {}]]);
  await world.clock.pass(2_000);
  expect(said.slice(1)).toEqual([['relay_failed', { relay: 'wss://relay.test' }]]);
});

test('what a host needs cannot be fetched: said, and fetched at the next click', async () => {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST });
  const { loadHost } = world;
  world.loadHost = () => Promise.reject(new TypeError('offline'));
  const session = await world.enter();
  await session.$restart.get()?.();
  expect(session.$restartError.get()).toMatchObject({ code: 'unknown' });
  await session.$end.get()?.();
  expect(session.$notice.get()?.code).toBe('end_failed');
  world.loadHost = loadHost;
  await session.$end.get()?.();
  expect(session.$phase.get()).toBe('ended');
});

const refusals = [
  [apiError('not_host_restart'), 'restart_forbidden'],
  [apiError('room_not_found'), 'restart_not_found'],
  [apiError('livekit_unavailable'), 'restart_server'],
  [noAnswer('timeout'), 'restart_timeout'],
] as const;

test.each(refusals)('a restart that fails says why (%#), and the nest is as it was', async (answer, code) => {
  const { world, session } = await hosting();
  world.api.setback('restart', answer);
  await session.$restart.get()?.();
  expect(session.$restartError.get()).toMatchObject({ code });
  expect(session.$connection.get()).toBe('connected');
  expect(world.media.only.room).toBe('nest:1');
  void session.$restart.get()?.();
  expect(session.$restartError.get()).toBeNull();
});

test('only the host has Restart', async () => {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST });
  const session = await world.enter();
  expect(session.$restart.get()).toBeNull();
  expect(session.$end.get()).toBeNull();
});

test('an ended nest is opened again by its host, and its event says so', async () => {
  const { world, session } = await hosting();
  await session.$end.get()?.();
  await settle();
  expect(session.$phase.get()).toBe('ended');
  expect(kindsSent(world)).toEqual([[30312, 'nest', 'closed']]);
  expect(session.$error.get()?.action).toBe('restart');
  await session.$restart.get()?.();
  await settle();
  expect(session.$phase.get()).toBe('in');
  expect(kindsSent(world).at(-1)).toEqual([30312, 'nest', 'open']);
});

test('while the host is in, the event is published again every half hour, and only then', async () => {
  const { world, session } = await hosting();
  await world.clock.pass(30 * 60_000 + 1);
  await world.clock.pass(30 * 60_000);
  expect(kindsSent(world)).toEqual([
    [30312, 'nest', 'open'],
    [30312, 'nest', 'open'],
  ]);
  await session.$leave.get()?.();
  await world.clock.pass(60 * 60_000);
  expect(world.nostr.sent).toHaveLength(2);
});

test('a host who is known to be one only when they are in keeps the event fresh, too', async () => {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST] });
  world.api.setback('info', noAnswer(), noAnswer(), noAnswer());
  const session = await world.open();
  expect(session.$restart.get()).toBeNull();
  void session.$join.get()?.();
  await settle();
  expect(session.$restart.get()).not.toBeNull();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 600 });
  await world.clock.pass(30 * 60_000 + 1);
  expect(kindsSent(world)).toContainEqual([30312, 'nest', 'open']);
});

test('several role changes become one event that mirrors the record', async () => {
  const { world } = await hosting();
  world.api.change('nest', { speakers: [HOST, ME] });
  world.api.change('nest', { speakers: [HOST, ME], admins: [OTHER] });
  await world.clock.pass(2_100);
  expect(world.nostr.sent).toHaveLength(1);
  const people = world.nostr.sent[0]!.tags.filter((tag) => tag[0] === 'p').map((tag) => [tag[1], tag[3]]);
  expect(people).toEqual([
    [HOST, 'host'],
    [OTHER, 'admin'],
    [ME, 'speaker'],
  ]);
  world.api.change('nest', { hands: [] });
  await world.clock.pass(10_000);
  expect(world.nostr.sent).toHaveLength(1);
});

test('a guest of the nest keeps no event', async () => {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 600 });
  await world.enter();
  await world.clock.pass(60 * 60_000);
  expect(world.nostr.sent).toEqual([]);
});

test('a planned nest is started by its host, who is in at once', async () => {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST, status: 'planned', generation: 0 });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 600, status: 'planned', streaming: [] });
  const session = await world.open();
  expect(session.$join.get()).toBeNull();
  await session.$start.get()?.();
  await settle();
  expect(session.$phase.get()).toBe('in');
  expect(kindsSent(world)).toEqual([[30312, 'nest', 'open']]);
  expect(tagOf(world.nostr.sent[0]!.tags, 'streaming')).toBe('wss+livekit://livekit.test');
});

test('a planned nest for those who are invited is announced as such when it starts', async () => {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST, status: 'planned', generation: 0, access: 'invite' });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 600, status: 'planned', streaming: [] });
  const session = await world.open();
  await session.$start.get()?.();
  await settle();
  expect(kindsSent(world)).toEqual([[30312, 'nest', 'private']]);
});

test('a planned nest that its host starts elsewhere can be joined here', async () => {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST, status: 'planned', generation: 0 });
  const session = await world.open();
  expect(session.$join.get()).toBeNull();
  world.api.put({ id: 'nest', host: HOST });
  world.api.change('nest', { status: 'active' });
  await settle();
  expect(session.$join.get()).not.toBeNull();
});

test('an edit goes to the API where it decides, then to the event, and keeps what it does not know', async () => {
  const { world, session } = await hosting();
  await session.$edit.get()?.({ title: 'Late evening', access: 'invite' });
  expect(world.api.calls).toContain('patch');
  const event = world.nostr.sent.at(-1)!;
  expect(tagOf(event.tags, 'title')).toBe('Late evening');
  expect(tagOf(event.tags, 'status')).toBe('private');
  expect(event.tags).toContainEqual(['t', 'music']);
  world.api.setback('patch', apiError('forbidden'));
  await session.$edit.get()?.({ access: 'public' });
  expect(session.$notice.get()).toMatchObject({ code: 'edit_failed', tone: 'assertive' });
});
