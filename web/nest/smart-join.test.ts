import { expect, test } from 'vitest';

import { joinNestSmart } from './smart-join.ts';
import { apiError, noAnswer } from './testing/fake-api.ts';
import { HOST, World } from './testing/world.ts';

const joinBy = (world: World) =>
  joinNestSmart('nest', { api: world.api, account: world.ports.account, log: world.ports.around.log });

/** The console as people read it: the words, and the fields where the contract names them. */
const URL = 'https://nests.test/api/v1/nests/nest';

test('with a key: info, then the signed join', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST] });
  const { joinType, token, seat } = await joinBy(world);
  expect({ joinType, token, url: seat.url }).toEqual({
    joinType: 'authenticated',
    token: 'nest:1',
    url: 'wss://livekit.test',
  });
  expect(world.log).toEqual([
    '🔍 Smart join attempt: {"roomId":"nest","hasUser":true}',
    `✅ Room info found: {"host":"${HOST}","speakers":["${HOST}"]}`,
    `🔐 Trying authenticated join: {"roomId":"nest","url":"${URL}"}`,
    '✅ Authenticated join successful',
  ]);
});

test('without a key: a guest directly', async () => {
  const world = new World(null);
  world.api.put({ id: 'nest', host: HOST });
  expect((await joinBy(world)).joinType).toBe('guest');
  expect(world.api.calls).toEqual(['info nest', 'guest nest']);
  expect(world.log.at(-1)).toBe(`👤 Trying guest join: {"roomId":"nest","url":"${URL}/guest"}`);
});

test('missing room info never stops the join', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('info', noAnswer());
  expect((await joinBy(world)).joinType).toBe('authenticated');
  expect(world.log[1]).toBe('❌ Room info failed: {"status":"no answer","statusText":"no answer"}');
});

test('the key is not known here (404), a guest is: joined as a guest', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('join', apiError('room_not_found'));
  expect((await joinBy(world)).joinType).toBe('guest');
  expect(world.log.slice(3)).toEqual([
    '❌ Authenticated join failed: {"status":404}',
    '⚠️ The nest was not found with the key, trying as a guest {"roomId":"nest"}',
    `👤 Trying guest join: {"roomId":"nest","url":"${URL}/guest"}`,
  ]);
});

const shown = ['banned', 'invite_only', 'nest_full', 'token_failed', 'livekit_unavailable', 'ended'] as const;

test.each(shown)('%s with the key is shown, not turned into a guest', async (code) => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  world.api.setback('join', apiError(code));
  await expect(joinBy(world)).rejects.toMatchObject({ code });
  expect(world.api.calls).not.toContain('guest nest');
  expect(world.log.at(-1)).toMatch(/^⚠️ Room info was found, but the join failed/);
});

test('nobody knows the nest: the creation may not have persisted', async () => {
  const world = new World();
  await expect(joinBy(world)).rejects.toMatchObject({ status: 404 });
  expect(world.log.filter((line) => /^[❌⚠]/u.test(line))).toEqual([
    '❌ Room info failed: {"status":404,"statusText":"Room not found"}',
    '❌ Authenticated join failed: {"status":404}',
    '⚠️ The nest was not found with the key, trying as a guest {"roomId":"nest"}',
    '❌ Guest join failed: {"status":404}',
    '⚠️ Room info is missing: the creation of this nest may not have persisted {"roomId":"nest"}',
  ]);
});

test('an answer without a usable token is a failure, and no line holds a token', async () => {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST });
  const { endpoints: _unused, ...reply } = await world.api.join('nest');
  world.api.join = async () => ({ ...reply, endpoints: ['https://only.hls/live.m3u8'] });
  await expect(joinBy(world)).rejects.toMatchObject({ code: 'token_failed' });
  expect(world.log.join('\n')).not.toContain('nest:1');
});
