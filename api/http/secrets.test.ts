import { afterEach, expect, it } from 'vitest';
import { NestError } from '../nests/errors.ts';
import type { Entry } from '../nests/use-cases.ts';
import { makePerson, makeTestApi, type TestApi } from './testing.ts';

const path = '/api/v1/nests/n1';
const anna = makePerson();
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzZWNyZXQiOjF9.s1gn4ture';
const entry: Entry = {
  ...{ roomId: 'n1', generation: 1, token, role: 'host', hls_stream: false },
  ...{ pubkey: anna.pubkey, identity: `${anna.pubkey}:1` },
};
let api: TestApi;
afterEach(() => api.app.close());

it('a busy server logs what happened and nothing that opens doors', async () => {
  api = makeTestApi({
    nests: {
      create: async () => ({
        roomId: 'n1',
        generation: 1,
        identity: entry.identity,
        hls_stream: false,
        entry,
      }),
      join: async () => entry,
      guest: async () => ({ ...entry, pubkey: null, role: 'guest', identity: 'guest-1' }),
      renew: async () => entry,
      invite: async () => ({ id: 'i1', secret: 'invitation-secret' }),
      restart: async () => ({ isNewRoom: false, entry }),
      info: async () => Promise.reject(new Error('broken', { cause: new NestError('token_failed') })),
    },
    parts: { testToken: async () => Promise.reject(new Error('no token')) },
  });
  const secrets = new Set([token, 'invitation-secret', api.config.livekit.apiSecret, ...api.config.secrets]);
  const ask = async (method: string, at: string, asked: Parameters<TestApi['ask']>[2] = {}) => {
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const authorization = asked.session
      ? `Bearer ${asked.session}`
      : await api.header(anna, method, at, body);
    secrets.add(authorization.split(' ')[1]!);
    const reply = await api.ask(method, at, { ...asked, headers: { authorization } });
    if (typeof reply.body['session'] === 'string') secrets.add(reply.body['session']);
    return reply;
  };
  await ask('PUT', '/api/v1/nests', { body: { relays: ['wss://r.example'], hls_stream: false } });
  const session = String((await ask('GET', path)).body['session']);
  await ask('POST', `${path}/token`, { session });
  await ask('POST', `${path}/token`, { session: `${session}x` });
  await ask('POST', `${path}/join`, { body: { secret: 'invitation-secret' } });
  await ask('POST', `${path}/invites`);
  await ask('POST', `${path}/restart`);
  await ask('POST', `${path}/hand`, { body: { raised: 'invitation-secret' } });
  await api.ask('GET', `${path}/guest`);
  await api.ask('GET', `${path}/info`);
  await api.ask('GET', '/debug/test-token');
  await api.ask('GET', path, { headers: { authorization: `Nostr ${btoa(token)}` } });
  secrets.add(btoa(token));

  const logged = api.logged();
  expect(logged.split('\n').length).toBeGreaterThan(10);
  expect(logged).toContain('"route":"/api/v1/nests/:id/guest"');
  for (const secret of secrets) expect(logged).not.toContain(secret);
  for (const line of logged.trim().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) as string });
});
