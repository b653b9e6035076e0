import { expect, test } from 'vitest';

import { apiError, noAnswer } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, join, ME, STRANGER, World } from './testing/world.ts';

test('before joining: what the nest is, and a way in; nobody is asked for a microphone', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST] });
  const session = await world.open();
  expect(session.$phase.get()).toBe('idle');
  expect(session.$count.get()).toBe(1);
  expect(session.$address.get()).toMatchObject({ host: HOST, d: 'nest' });
  expect(world.paths).toEqual([`/nest/nest#${HOST}`]);
  await join(session);
  expect(session.$phase.get()).toBe('in');
  expect(session.$connection.get()).toBe('connected');
  expect(world.media.player.unlocked).toBe(1);
  expect(world.media.microphone.asked).toBe(0);
  expect(session.$join.get()).toBeNull();
});

test('one line before, and one per connection, none of them with the token', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 12 });
  await world.enter();
  const attempt = world.log.find((line) => line.startsWith('Attempting to join nest:'));
  expect(JSON.parse(attempt?.slice(24) ?? '')).toMatchObject({
    roomId: 'nest',
    liveKitUrl: 'wss+livekit://livekit.test',
    nestNaddr: expect.stringMatching(/^naddr1/) as string,
    user: 'logged in',
    nestStatus: 'open',
    nestCreatedAt: world.nowS - 12,
    timeSinceCreated: 12,
  });
  expect(world.log).toContain(
    '🔌 Connecting to LiveKit: {"roomId":"nest","generation":1,"url":"wss://livekit.test","attempt":1}',
  );
  expect(world.log).toContain('✅ LiveKit connected: {"roomId":"nest","generation":1}');
});

test('a nest that is not up yet: Starting…, tries by itself, and is in when it is', async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 5 });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  expect(session.$phase.get()).toBe('starting');
  expect(session.$error.get()).toMatchObject({ code: 'still_starting', action: 'retry', advice: true });
  await world.clock.pass(10_000);
  expect(session.$phase.get()).toBe('starting');
  world.api.put({ id: 'nest', host: HOST });
  await world.clock.pass(4_000);
  expect(session.$phase.get()).toBe('in');
  expect(session.$error.get()).toBeNull();
});

test('thirty seconds after its event was made, it is no longer called starting', async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 5 });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  await world.clock.pass(30_000);
  expect(session.$error.get()).toMatchObject({
    code: 'not_available',
    category: 'not_found',
    action: 'retry',
  });
  expect(session.$retry.get()).not.toBeNull();
});

test('without an event the thirty seconds count from the first try', async () => {
  const world = new World();
  const session = await world.open();
  await join(session);
  await world.clock.pass(20_000);
  expect(session.$phase.get()).toBe('starting');
  await world.clock.pass(15_000);
  expect(session.$phase.get()).toBe('error');
});

test('an old event: no longer available at once; its host gets Restart Nest instead', async () => {
  const world = new World(HOST);
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 3_600 });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  expect(session.$error.get()).toMatchObject({ code: 'not_available', action: 'restart', advice: false });
  expect(session.$restart.get()).not.toBeNull();
});

test('an ended nest says so', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, status: 'ended' });
  const session = await world.open();
  expect(session.$phase.get()).toBe('ended');
  expect(session.$error.get()).toMatchObject({ code: 'ended', action: 'retry' });
});

const answers = [
  ['banned', apiError('banned'), 'banned'],
  ['full', apiError('nest_full'), 'nest_full'],
  ['by invitation', apiError('invite_only'), 'invite_only'],
  ['LiveKit down', apiError('livekit_unavailable'), 'server_trouble'],
  ['no token', apiError('token_failed'), 'token_failed'],
  ['timeout', noAnswer('timeout'), 'timeout'],
  ['offline', noAnswer(), 'unreachable'],
] as const;

test.each(answers)('%s: the failure and its words', async (_what, answer, code) => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('join', answer);
  const session = await world.enter();
  expect(session.$error.get()).toMatchObject({
    code,
    titleKey: `errors:failure.${code}.title`,
    sentenceKey: `errors:failure.${code}.sentence`,
  });
  expect(session.$connection.get()).toBe('disconnected');
});

test('after a failure, Retry Connection tries again', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('join', noAnswer());
  const session = await world.enter();
  void session.$retry.get()?.();
  await settle();
  expect(session.$phase.get()).toBe('in');
});

test('a server that is recovering is waited for', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('join', apiError('recovering', 2), apiError('recovering', 2));
  const session = await world.enter();
  expect(session.$phase.get()).toBe('joining');
  await world.clock.pass(5_000);
  expect(session.$phase.get()).toBe('in');
});

test('signed in but let in as a guest: a toast, and the rights of a guest', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, speakers: [ME] });
  world.api.setback('join', apiError('room_not_found'));
  const session = await world.enter();
  expect(session.$joinType.get()).toBe('guest');
  expect(session.$role.get()).toBe('guest');
  expect(session.$notice.get()).toMatchObject({ code: 'joined_as_guest', kind: 'toast' });
  expect(session.$toggleMicrophone.get()).toBeNull();
});

test('a reload is the same person: the kept session is used and the signer is not asked', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  const before = await world.enter();
  await before.close();
  world.api.calls.length = 0;
  const after = await world.enter();
  expect(after.$phase.get()).toBe('in');
  expect(after.$joinType.get()).toBe('authenticated');
  expect(world.api.calls).toContain('renew nest');
  expect(world.api.calls).not.toContain('join nest');
  expect(world.log.filter((line) => line.startsWith('Attempting to join nest:'))).toHaveLength(2);
});

test('media code that could not be fetched is fetched at the next try', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  const online = world.ports.loadMedia.bind(world.ports);
  world.ports.loadMedia = () => Promise.reject(new TypeError('offline'));
  const session = await world.enter();
  expect(session.$error.get()).toMatchObject({ code: 'unknown', action: 'retry' });
  world.ports.loadMedia = online;
  void session.$retry.get()?.();
  await settle();
  expect(session.$phase.get()).toBe('in');
  expect(world.media.player.unlocked).toBe(1);
});

test('a republished event makes an old nest no younger, and one from the future none that starts for ever', async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', starts: world.nowS - 600, now: world.nowS - 5 });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  expect(session.$error.get()?.code).toBe('not_available');
  world.nostr.announce(HOST, { roomId: 'other', starts: world.nowS + 900, now: world.nowS + 900 });
  const other = await world.open({ roomId: 'other', hostHint: HOST });
  await join(other);
  expect(other.$phase.get()).toBe('starting');
  await world.clock.pass(35_000);
  expect(other.$error.get()?.code).toBe('not_available');
});

test('a kept session that is no longer good leads to a new join', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  await (await world.enter()).close();
  world.api.deadSessions.add('session-1');
  const session = await world.enter();
  expect(session.$phase.get()).toBe('in');
  expect(world.api.calls.filter((call) => call === 'join nest')).toHaveLength(2);
});

test("somebody else's session in the same tab is not used", async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  await (await world.enter()).close();
  const other = new World(STRANGER);
  other.api.put({ id: 'nest', host: HOST });
  for (const [key, value] of world.tab.all) other.tab.set(key, value);
  await other.enter();
  expect(other.api.calls).not.toContain('renew nest');
});

test('an id that only an event knows: its author is the host, if all of them agree', async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 3_600 });
  const session = await world.open();
  expect(session.$address.get()?.host).toBe(HOST);
  expect(session.$nestEvent.get()?.title).toBe('Evening');
});

test('two authors claim one id: nobody is believed', async () => {
  const world = new World();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 3_600 });
  world.nostr.announce(STRANGER, { roomId: 'nest', now: world.nowS - 10 });
  const session = await world.open();
  expect(session.$address.get()).toBeNull();
  expect(session.$nestEvent.get()).toBeNull();
});

test('a closed session leaves nothing behind', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  const session = await world.enter();
  await session.close();
  await settle();
  expect(world.media.open).toEqual([]);
  expect(world.api.listeners('nest')).toBe(0);
  expect(world.media.player.playing.size).toBe(0);
});
