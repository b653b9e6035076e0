import { makeHttpAuth } from '@nests/protocol/http-auth';
import { afterEach, describe, expect, it } from 'vitest';
import type { Entry } from '../nests/use-cases.ts';
import { StoreUnavailable } from '../nests/ports.ts';
import { Sessions, SESSION_LIFE_MS } from './sessions.ts';
import { makePerson, makeTestApi, type Person, type TestApi } from './testing.ts';

const id = '7f8c6a52-95a1-4a1e-8a3a-0d3f6a7c9b01';
const path = `/api/v1/nests/${id}`;
const anna = makePerson();
const bert = makePerson();

const seat = (pubkey: string | null, identity: string): Entry => ({
  ...{ roomId: id, generation: 1, token: 'a.b.c', role: 'listener', hls_stream: false },
  pubkey,
  identity,
});
let api: TestApi;
const start = (given: Parameters<typeof makeTestApi>[0] = {}): TestApi =>
  (api = makeTestApi({
    ...given,
    nests: {
      join: async (_, actor) => seat(actor.pubkey, actor.identity ?? `${actor.pubkey ?? ''}:1`),
      renew: async (_, actor) => seat(actor.pubkey, actor.identity ?? ''),
      guest: async () => seat(null, 'guest-1'),
      end: async () => undefined,
      hand: async () => undefined,
      ...given.nests,
    },
  }));
afterEach(() => api.app.close());

const withHeader = (authorization: string, method = 'GET', at = path) =>
  api.ask(method, at, { headers: { authorization } });

/** Signs whatever a test says instead of the right thing. */
const signed = (
  by: Person,
  change: { url?: string; method?: string; body?: string; now?: number } = {},
): Promise<string> =>
  makeHttpAuth(
    {
      url: `http://localhost:5544${path}`,
      method: 'GET',
      now: api.now / 1000,
      nonce: `${Math.random()}`,
      ...change,
    },
    by.sign,
  );

describe('a signed request', () => {
  it('is believed once, and its signer is who acts', async () => {
    start();
    const header = await signed(anna);
    const first = await withHeader(header);
    expect(first.status).toBe(200);
    expect(
      new Sessions(api.config.secrets, api.config.publicUrls).read(String(first.body['session']), api.now),
    ).toMatchObject({
      pubkey: anna.pubkey,
      nestId: id,
    });
    expect(await withHeader(header)).toMatchObject({ status: 401, body: { code: 'auth_replay' } });
  });

  it('may be signed for any public address of the server, and for any loopback name where that is loopback', async () => {
    start({
      env: {
        NESTS_PUBLIC_URL: 'http://localhost:5544,https://nests.example',
        LIVEKIT_PUBLIC_URL: 'wss://l.example',
      },
    });
    for (const origin of ['http://127.0.0.1:5544', 'http://[::1]:5544', 'https://nests.example']) {
      expect((await withHeader(await signed(anna, { url: origin + path }))).status, origin).toBe(200);
    }
    expect((await withHeader(await signed(anna, { url: `http://nests.example${path}` }))).body['code']).toBe(
      'auth_url',
    );
  });

  it('is checked against the settings, never against the Host header', async () => {
    start();
    const authorization = await signed(anna, { url: `http://evil.example${path}` });
    const reply = await api.ask('GET', path, {
      headers: { authorization, host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    });
    expect(reply).toMatchObject({
      status: 401,
      body: { code: 'auth_url', origin: 'http://localhost:5544', serverTime: 1_800_000_000 },
    });
  });

  it('includes the query in what is signed', async () => {
    start();
    expect((await withHeader(await signed(anna), 'GET', `${path}?x=1`)).body['code']).toBe('auth_url');
    expect(
      (
        await withHeader(
          await signed(anna, { url: `http://localhost:5544${path}?x=1` }),
          'GET',
          `${path}?x=1`,
        )
      ).status,
    ).toBe(200);
  });

  it.each<[string, string, (api: TestApi) => Promise<string>]>([
    [
      'a forged signature',
      'auth_signature',
      async () => tampered(await signed(anna), (event) => ({ ...event, sig: 'ab'.repeat(64) })),
    ],
    [
      'a foreign key put over it',
      'auth_id',
      async () => tampered(await signed(anna), (event) => ({ ...event, pubkey: bert.pubkey })),
    ],
    [
      'content changed after signing',
      'auth_id',
      async () => tampered(await signed(anna), (event) => ({ ...event, content: '!' })),
    ],
    ['a stale time', 'auth_time', async ({ now }) => signed(anna, { now: now / 1000 - 61 })],
    ['a future time', 'auth_time', async ({ now }) => signed(anna, { now: now / 1000 + 61 })],
    ['another address', 'auth_url', async () => signed(anna, { url: `http://localhost:5544${path}/` })],
    ['another server', 'auth_url', async () => signed(anna, { url: `https://nests.example${path}` })],
    ['another method', 'auth_method', async () => signed(anna, { method: 'DELETE' })],
    ['a body that is not there', 'auth_payload', async () => signed(anna, { body: '{}' })],
    [
      'another kind',
      'auth_kind',
      async () => tampered(await signed(anna), (event) => ({ ...event, kind: 1 })),
    ],
    ['another scheme', 'auth_scheme', async () => 'Basic YTpi'],
    ['no base64', 'auth_base64', async () => 'Nostr §§§'.replace(/§/g, '*')],
    ['no JSON', 'auth_json', async () => `Nostr ${btoa('hello')}`],
    ['no event', 'auth_shape', async () => `Nostr ${btoa('{"kind":27235}')}`],
    ['an empty bearer', 'auth_scheme', async () => 'Bearer '],
    ['nonsense for a session', 'session_invalid', async () => 'Bearer n1.e30.e30'],
  ])('with %s is 401 %s', async (_, code, makeHeader) => {
    start();
    const reply = await withHeader(await makeHeader(api));
    expect(reply).toMatchObject({ status: 401, body: { code, origin: 'http://localhost:5544' } });
    expect(reply.body['requestId']).toBe(reply.headers['x-request-id']);
    expect(api.called).toEqual([]);
  });

  it('covers the body: another one, or none, is 401', async () => {
    start();
    const body = '{"raised":true}';
    const hand = `${path}/hand`;
    const header = () => api.header(anna, 'POST', hand, body);
    const send = async (payload: string | undefined) =>
      api.ask('POST', hand, {
        headers: { authorization: await header() },
        ...(payload === undefined ? {} : { body: payload }),
      });
    expect((await send(body)).status).toBe(204);
    expect((await send('{"raised":false}')).body['code']).toBe('auth_payload');
    expect((await send(undefined)).body['code']).toBe('auth_payload');
    const unsigned = await api.header(anna, 'POST', hand);
    expect((await api.ask('POST', hand, { headers: { authorization: unsigned }, body })).body['code']).toBe(
      'auth_payload',
    );
  });

  it('is 503 while the store cannot say whether it was used before', async () => {
    start({
      parts: {
        store: {
          ...makeTestApi().parts.store,
          useOnce: async () => Promise.reject(new StoreUnavailable('down')),
        },
      },
    });
    const reply = await withHeader(await signed(anna));
    expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(reply.headers['retry-after']).toBe('2');
  });
});

describe('a session', () => {
  const guest = async () => String((await api.ask('GET', `${path}/guest`)).body['session']);
  const joined = async (by: Person) => String((await api.ask('GET', path, { by })).body['session']);

  it('stands for the key on the routes of its nest, and keeps the identity', async () => {
    start();
    const session = await joined(anna);
    expect((await api.ask('POST', `${path}/token`, { session })).status).toBe(200);
    expect((await api.ask('GET', path, { session })).status).toBe(200);
    expect((await api.ask('POST', `${path}/hand`, { session, body: { raised: true } })).status).toBe(204);
  });

  it('is nothing at another nest', async () => {
    start();
    const session = await joined(anna);
    const other = path.replace('7f8c', '0000');
    expect(await api.ask('POST', `${other}/token`, { session })).toMatchObject({
      status: 401,
      body: { code: 'session_invalid' },
    });
  });

  it('ends twelve hours after the signature, however often it was used', async () => {
    start();
    const session = await joined(anna);
    api.now += SESSION_LIFE_MS - 1000;
    const again = String((await api.ask('GET', path, { session })).body['session']);
    api.now += 2000;
    for (const one of [session, again]) {
      expect(await api.ask('POST', `${path}/token`, { session: one })).toMatchObject({
        status: 401,
        body: { code: 'session_expired' },
      });
    }
  });

  it('is not enough where the key itself is asked', async () => {
    start();
    const session = await joined(anna);
    const participant = bert.pubkey;
    for (const [method, at, body] of [
      ['DELETE', path, undefined],
      ['POST', `${path}/restart`, undefined],
      ['DELETE', `${path}/bans/${bert.pubkey}`, undefined],
      ['POST', `${path}/permissions`, { participant, is_admin: true }],
      ['PUT', '/api/v1/nests', { relays: ['wss://r.example'], hls_stream: false }],
    ] as const) {
      const reply = await api.ask(method, at, { session, body });
      expect(reply, `${method} ${at}`).toMatchObject({ status: 401, body: { code: 'key_required' } });
    }
    expect(api.called).toEqual(['join']);
  });

  it('of a guest renews and reads, but has no hand to raise', async () => {
    start();
    const session = await guest();
    expect((await api.ask('POST', `${path}/token`, { session })).status).toBe(200);
    expect(await api.ask('POST', `${path}/hand`, { session, body: { raised: true } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it('is what renewing takes; a signature is not a session', async () => {
    start();
    expect(await api.ask('POST', `${path}/token`, { by: anna })).toMatchObject({
      status: 401,
      body: { code: 'session_invalid' },
    });
    expect(await api.ask('POST', `${path}/token`)).toMatchObject({
      status: 401,
      body: { code: 'auth_missing' },
    });
  });
});

describe('every route that acts for somebody', () => {
  it.each([
    ['PUT', '/api/v1/nests'],
    ['GET', '/api/v1/nests/:id'],
    ['PATCH', '/api/v1/nests/:id'],
    ['DELETE', '/api/v1/nests/:id'],
    ['POST', '/api/v1/nests/:id/start'],
    ['POST', '/api/v1/nests/:id/join'],
    ['POST', '/api/v1/nests/:id/token'],
    ['POST', '/api/v1/nests/:id/hand'],
    ['POST', '/api/v1/nests/:id/permissions'],
    ['POST', '/api/v1/nests/:id/remove'],
    ['POST', '/api/v1/nests/:id/restart'],
    ['GET', '/api/v1/nests/:id/bans'],
    ['DELETE', '/api/v1/nests/:id/bans/:hex'],
    ['PUT', '/api/v1/nests/:id/members/:hex'],
    ['DELETE', '/api/v1/nests/:id/members/:hex'],
    ['GET', '/api/v1/nests/:id/invites'],
    ['POST', '/api/v1/nests/:id/invites'],
    ['DELETE', '/api/v1/nests/:id/invites/:invite'],
  ])('%s %s: who does not say who they are is 401, before anything is read', async (method, pattern) => {
    start();
    const body = method === 'GET' ? undefined : 'not even JSON';
    for (const room of [id, 'no-such-nest', '%20', 'x'.repeat(3000)]) {
      const at = pattern.replace(':id', room).replace(':hex', 'nobody').replace(':invite', 'x');
      expect(await api.ask(method, at, { body }), at).toMatchObject({
        status: 401,
        body: { code: 'auth_missing' },
      });
      const wrong = { authorization: 'Bearer nonsense' };
      expect((await api.ask(method, at, { body, headers: wrong })).status, at).toBe(401);
    }
    expect(api.called).toEqual([]);
  });
});

function tampered(
  header: string,
  change: (event: Record<string, unknown>) => Record<string, unknown>,
): string {
  const event = JSON.parse(atob(header.slice('Nostr '.length))) as Record<string, unknown>;
  return `Nostr ${btoa(JSON.stringify(change(event)))}`;
}
