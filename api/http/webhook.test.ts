import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LiveKitWebhooks } from '../media/webhooks.ts';
import { StoreUnavailable } from '../nests/ports.ts';
import { makeTestApi, memoryCounters, type TestApi } from './testing.ts';

const keys = { apiKey: 'key', apiSecret: 'livekit-secret-livekit-secret-0123' };
const path = '/api/v1/livekit/webhook';
const type = { 'content-type': 'application/webhook+json' };

let api: TestApi;
let looked: string[];
let hidden: { lastAliveAt?: number };
const start = (store = memoryCounters()): void => {
  const webhooks = new LiveKitWebhooks(keys);
  looked = [];
  hidden = { lastAliveAt: 1 };
  api = makeTestApi({
    nests: {
      look: async (id) => void looked.push(id),
      diagnostics: async (roomId) => ({
        ...{ roomId, store: { ok: true }, livekit: { ok: true } },
        ...{ record: { present: true, ...hidden }, room: {} },
      }),
    },
    parts: { store, readWebhook: (body, authorization) => webhooks.read(body, authorization) },
  });
};
beforeEach(() => start());
afterEach(() => api.app.close());

const signature = async (body: string, secret = keys.apiSecret): Promise<string> => {
  const token = new AccessToken(keys.apiKey, secret, { ttl: 300 });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return token.toJwt();
};
const event = (id: string, room: string, name = 'participant_joined') =>
  JSON.stringify({ id, event: name, room: { name: room, sid: 'RM_1' }, new: 'field' });
const deliver = async (body: string, authorization?: string, at = path) =>
  api.ask('POST', at, {
    body,
    headers: { ...type, authorization: authorization ?? (await signature(body)) },
  });

it('makes the server look at the nest, at both addresses', async () => {
  expect((await deliver(event('e1', 'nest-a:1'))).status).toBe(200);
  expect(
    (await deliver(event('e2', 'nest-b:12', 'room_finished'), undefined, '/webhooks/livekit')).status,
  ).toBe(200);
  expect(looked).toEqual(['nest-a', 'nest-b']);
});

it('is remembered, so that repeating it does nothing', async () => {
  const body = event('e1', 'nest-a:1');
  await deliver(body);
  expect((await deliver(body)).status).toBe(200);
  expect(looked).toEqual(['nest-a']);
});

it('shows up in the diagnostics', async () => {
  expect((await api.ask('GET', '/api/v1/nests/nest-a/diagnostics')).body).not.toHaveProperty('lastWebhookAt');
  await deliver(event('e1', 'nest-a:1'));
  expect((await api.ask('GET', '/api/v1/nests/nest-a/diagnostics')).body['lastWebhookAt']).toBe(api.now);
  hidden = {}; // an invite-only nest to a stranger
  expect((await api.ask('GET', '/api/v1/nests/nest-a/diagnostics')).body).not.toHaveProperty('lastWebhookAt');
});

it('may carry the metadata of a large nest, but not anything', async () => {
  const about = (length: number) =>
    JSON.stringify({
      id: `e${length}`,
      event: 'participant_joined',
      room: { name: 'nest-a:1', metadata: 'm'.repeat(length) },
    });
  expect((await deliver(about(512 * 1024))).status).toBe(200);
  expect(looked).toEqual(['nest-a']);
  expect((await deliver(about(1024 * 1024))).status).toBe(413);
});

it('about somebody else’s room, or about no room, is answered and forgotten', async () => {
  for (const body of [
    event('e1', 'not-ours'),
    event('e2', 'a:b:c'),
    JSON.stringify({ id: 'e3', event: 'egress_started' }),
  ]) {
    expect((await deliver(body)).status).toBe(200);
  }
  expect(looked).toEqual([]);
});

it('is 401 unless LiveKit signed exactly these bytes', async () => {
  const body = event('e1', 'nest-a:1');
  const forged: [string, string][] = [
    [body, ''],
    [body, 'nonsense'],
    [body, await signature(body, 'another-secret-another-secret-0123')],
    [body, await signature(`${body} `)],
    [`${body} `, await signature(body)],
    ['not JSON', await signature('not JSON')],
  ];
  for (const [sent, authorization] of forged) {
    expect(await deliver(sent, authorization), sent).toMatchObject({
      status: 401,
      body: { code: 'auth_signature' },
    });
  }
  expect(looked).toEqual([]);
});

it('is 503 while the store is down, so that LiveKit sends it again, and counts then', async () => {
  await api.app.close();
  const counters = memoryCounters();
  let down = true;
  start({
    ...counters,
    useOnce: async (key, ttl) =>
      down ? Promise.reject(new StoreUnavailable('down')) : counters.useOnce(key, ttl),
  });
  const body = event('e1', 'nest-a:1');
  expect(await deliver(body)).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  down = false;
  expect((await deliver(body)).status).toBe(200);
  expect(looked).toEqual(['nest-a']);
});
