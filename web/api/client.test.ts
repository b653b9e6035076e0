import { checkHttpAuth, type HttpAuthResult } from '@nests/protocol/http-auth';
import type { SignEvent } from '@nests/protocol/event';
import { finalizeEvent, generateSecretKey, verifyEvent } from 'nostr-tools/pure';
import { expect, test } from 'vitest';

import { FakeClock, settle } from '../nest/testing/fake-clock.ts';
import { NestsApi } from './client.ts';
import { ApiError, retryAfterSeconds, SigningError } from './error.ts';

const ORIGIN = 'https://nests.test';
const key = generateSecretKey();
const sign: SignEvent = async (template) => finalizeEvent(template, key);

interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** A server that answers in turn; what it was asked can be read. */
function serverWith(...answers: (Response | 'silence' | 'down')[]) {
  const requests: Request[] = [];
  const clock = new FakeClock();
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    requests.push({
      method: init.method ?? 'GET',
      url: input as string,
      headers: init.headers as Record<string, string>,
      body: init.body as string | undefined,
    });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    if (answer === 'down' || !answer) throw new TypeError('fetch failed');
    return new Promise((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
  };
  const api = new NestsApi({ origin: ORIGIN, fetch, clock, alsoKnownAs: ['https://other.test'] });
  return { api, requests, clock };
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers });

/** What our own server would say about this request. */
function check(request: Request, clock: FakeClock, publicUrl = ORIGIN): HttpAuthResult {
  const url = new URL(request.url);
  return checkHttpAuth(
    request.headers['authorization'],
    {
      path: url.pathname + url.search,
      method: request.method,
      rawBody: request.body === undefined ? undefined : new TextEncoder().encode(request.body),
      publicUrls: [publicUrl],
      now: Math.floor(clock.now() / 1000),
    },
    verifyEvent,
  );
}

test('signed requests pass the server’s own check, with and without a body, each with its own nonce', async () => {
  const { api, requests, clock } = serverWith(json({}), json({}), json({}));
  await api.join('nest', sign);
  await api.restart('nest', { relays: ['wss://r.test'] }, sign);
  await api.join('nest', sign, 'secret');
  expect(requests.map((request) => check(request, clock).ok)).toEqual([true, true, true]);
  expect(requests.map(({ method, url }) => `${method} ${url.slice(ORIGIN.length)}`)).toEqual([
    'GET /api/v1/nests/nest',
    'POST /api/v1/nests/nest/restart',
    'POST /api/v1/nests/nest/join',
  ]);
  expect(new Set(requests.map(({ headers }) => headers['authorization'])).size).toBe(3);
});

test('a session is shown as it is', async () => {
  const { api, requests } = serverWith(json({}));
  await api.renew('nest', 'my-session');
  expect(requests[0]?.headers['authorization']).toBe('Bearer my-session');
});

test('a device whose clock is off signs once more with the server’s time, and stays right', async () => {
  const { api, requests, clock } = serverWith(
    json({ error: 'x', code: 'auth_time', serverTime: 1_700_009_000 }, 401),
    json({ token: 't' }),
    json({ token: 't' }),
  );
  await api.join('nest', sign);
  await api.join('nest', sign);
  await clock.pass(9_000_000);
  expect(requests).toHaveLength(3);
  expect(check(requests[1]!, clock).ok).toBe(true);
  expect(check(requests[2]!, clock).ok).toBe(true);
  expect(api.skewMs).toBe(9_000_000);
});

test('a server that knows itself by its other name gets a signature for that one', async () => {
  const { api, requests, clock } = serverWith(
    json({ error: 'x', code: 'auth_url', origin: 'https://other.test' }, 401),
    json({}),
  );
  await api.join('nest', sign);
  expect(check(requests[1]!, clock, 'https://other.test').ok).toBe(true);
});

test('nobody gets a signature for a third server', async () => {
  const { api, requests } = serverWith(
    json({ error: 'x', code: 'auth_url', origin: 'https://victim.test' }, 401),
  );
  await expect(api.join('nest', sign)).rejects.toMatchObject({ code: 'auth_url', status: 401 });
  expect(requests).toHaveLength(1);
});

test('the second refusal is the last', async () => {
  const refusal = () => json({ error: 'x', code: 'auth_time', serverTime: 1_700_009_000 }, 401);
  const { api, requests } = serverWith(refusal(), refusal(), refusal());
  await expect(api.join('nest', sign)).rejects.toMatchObject({ code: 'auth_time' });
  expect(requests).toHaveLength(2);
});

test('an error carries what the server said', async () => {
  const { api } = serverWith(
    json({ error: 'Too many requests', code: 'rate_limited', requestId: 'r1' }, 429, { 'retry-after': '7' }),
  );
  const failure = await api.guest('nest').catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({
    status: 429,
    code: 'rate_limited',
    message: 'Too many requests',
    requestId: 'r1',
    retryAfterS: 7,
  });
});

test('a proxy that answers with HTML is a failure too', async () => {
  const { api } = serverWith(
    new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
  );
  await expect(api.guest('nest')).rejects.toMatchObject({
    status: 502,
    code: 'internal',
    message: 'Bad Gateway',
  });
  const { api: other } = serverWith(new Response('<h1>Welcome to this hotel</h1>'));
  await expect(other.guest('nest')).rejects.toMatchObject({ code: 'bad_reply' });
});

test('no server, no answer in time, no longer wanted', async () => {
  await expect(serverWith('down').api.guest('x')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  const slow = serverWith('silence');
  const failure = slow.api.guest('x').catch((cause: unknown) => cause);
  await slow.clock.pass(15_000);
  expect(await failure).toMatchObject({ status: 0, code: 'timeout' });
  const unwanted = serverWith('silence');
  const abort = new AbortController();
  const aborted = unwanted.api.health(abort.signal).catch((cause: unknown) => cause);
  await settle();
  abort.abort();
  expect(await aborted).toMatchObject({ code: 'aborted' });
});

test('a signer that refuses is not the server’s fault', async () => {
  const { api, requests } = serverWith();
  await expect(api.join('nest', () => Promise.reject(new Error('user said no')))).rejects.toThrow(
    SigningError,
  );
  expect(requests).toEqual([]);
});

test('answers without a body are fine', async () => {
  const { api } = serverWith(new Response(null, { status: 204 }));
  await expect(api.hand('nest', true, { session: 's' })).resolves.toBeUndefined();
});

test('ids cannot break out of their path', async () => {
  const { api, requests } = serverWith(json({}));
  await api.info('../../admin?x=1');
  expect(requests[0]?.url).toBe(`${ORIGIN}/api/v1/nests/..%2F..%2Fadmin%3Fx%3D1/info`);
});

test('Retry-After as seconds, as a date, and as nonsense', () => {
  const now = Date.parse('2026-11-20T10:00:00Z');
  expect(retryAfterSeconds('12', now)).toBe(12);
  expect(retryAfterSeconds('Fri, 20 Nov 2026 10:00:30 GMT', now)).toBe(30);
  expect(retryAfterSeconds('soon', now)).toBeUndefined();
  expect(retryAfterSeconds(null, now)).toBeUndefined();
});
