import { expect, test } from 'vitest';

import words from '../i18n/en/diagnostics.json' with { type: 'json' };
import { runDiagnostics } from './diagnostics.ts';
import { apiError, noAnswer } from './testing/fake-api.ts';
import { HOST, STRANGER, World } from './testing/world.ts';

const run = (world: World, roomId?: string) =>
  runDiagnostics({
    ...(roomId === undefined ? {} : { roomId }),
    ports: world.ports,
    version: '1.0.0',
    microphonePermission: async () => 'prompt',
  });

/** The fake server's clock stands where the fake client's does. */
function withGoodClock(world: World): World {
  const health = world.api.health.bind(world.api);
  world.api.health = async () => ({
    ...(await health()),
    timestamp: new Date(world.clock.now()).toISOString(),
  });
  return world;
}

test('everything good: each step with its result, a summary, and a report to copy', async () => {
  const world = withGoodClock(new World(null));
  world.api.put({ id: 'nest', host: HOST });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS });
  const report = await run(world, 'nest').done;
  expect(report.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'health good',
    'info good',
    'guest good',
    'token good',
    'signalling good',
    'media good',
    'event good',
    'clock good',
    'microphone good',
    'server good',
  ]);
  expect(report).toMatchObject({
    roomExists: true,
    guestAccess: true,
    diagnosis: 'all_good',
    running: false,
  });
  expect(report.text).toContain('Room ID: nest');
  expect(report.text).not.toContain('session-');
  expect(world.log.every((line) => line.startsWith('🔧'))).toBe(true);
  expect(world.media.open).toEqual([]);
});

test('a nest that is not here', async () => {
  const report = await run(withGoodClock(new World(null)), 'nest').done;
  expect(report).toMatchObject({ roomExists: false, guestAccess: false, diagnosis: 'never_stored' });
});

test('the nest is known, its tokens are not', async () => {
  const world = withGoodClock(new World(null));
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('guest', apiError('livekit_unavailable'));
  const report = await run(world, 'nest').done;
  expect(report).toMatchObject({ roomExists: true, guestAccess: false, diagnosis: 'token_trouble' });
});

test("a stranger's event with the nest's id says nothing about the nest", async () => {
  const world = withGoodClock(new World(null));
  world.nostr.announce(STRANGER, { roomId: 'nest', now: world.nowS, service: 'https://elsewhere.test' });
  world.api.put({ id: 'nest', host: HOST });
  const known = await run(world, 'nest').done;
  expect(known.steps.find(({ id }) => id === 'event')).toMatchObject({ fact: '0 events' });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS });
  world.api.nests.delete('nest');
  expect((await run(world, 'nest').done).diagnosis).toBe('never_stored');
});

test('a LiveKit that nobody reaches', async () => {
  const world = withGoodClock(new World(null));
  world.api.put({ id: 'nest', host: HOST });
  world.media.unreachable = true;
  expect((await run(world, 'nest').done).diagnosis).toBe('signalling_down');
});

test('a server that cannot look into its store does not call the record missing', async () => {
  const world = withGoodClock(new World(null));
  world.api.put({ id: 'nest', host: HOST });
  const known = await world.api.diagnostics('nest');
  world.api.diagnostics = async () => ({ ...known, store: { ok: false }, record: {} });
  const report = await run(world, 'nest').done;
  expect(report.steps.find(({ id }) => id === 'server')).toMatchObject({
    state: 'bad',
    fact: 'record unknown, room present',
  });
});

test('an API that does not answer', async () => {
  const world = new World(null);
  world.api.setback('health', noAnswer());
  const report = await run(world).done;
  expect(report.diagnosis).toBe('api_down');
  expect(report.steps.find(({ id }) => id === 'clock')?.state).toBe('skipped');
});

test('cancelled: the rest is skipped', async () => {
  const diagnostics = run(withGoodClock(new World(null)), 'nest');
  diagnostics.cancel();
  const report = await diagnostics.done;
  expect(report.steps.at(-1)?.state).toBe('skipped');
});

test('every step and every diagnosis has its words', async () => {
  const { steps } = await run(withGoodClock(new World(null)), 'nest').done;
  expect(Object.keys(words.step).sort()).toEqual(steps.map(({ id }) => id).sort());
  for (const { title, next } of Object.values(words.diagnosis)) expect(title && next).toBeTruthy();
});
