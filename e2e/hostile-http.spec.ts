import { randomUUID } from 'node:crypto';
import type { EventTemplate } from '@nests/protocol/event';
import { ErrorBody } from '@nests/protocol/api';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { expect, test } from '@playwright/test';
import { call, Keyholder, nowS, type Answer } from './support/keyholder.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile({
  env: {
    NESTS_LIMITS: 'hand=100000/1m,missing=100000/1m,join=100000/1m,create=1000/1h,permissions=100000/1m',
  },
});
const host = new Keyholder();
const stranger = new Keyholder();
let nest: string;

const at = (path: string): string => `${stack().url}/api/v1/nests${path}`;
const CREATE = { relays: ['wss://relay.example'], hls_stream: false };

test.beforeAll(async () => {
  const made = await host.request('PUT', at(''), CREATE);
  expect(made.status).toBe(200);
  nest = String(made.body?.['roomId']);
});

/** Every route that asks for a key, with a body it would accept. */
const ROUTES: [method: string, path: string, body?: unknown][] = [
  ['PUT', '', CREATE],
  ['GET', '/:id'],
  ['PATCH', '/:id', { guests: true }],
  ['POST', '/:id/start'],
  ['POST', '/:id/restart'],
  ['POST', '/:id/restart', { relays: ['wss://relay.example'] }],
  ['POST', '/:id/hand', { raised: true }],
  ['POST', '/:id/permissions', { participant: 'a'.repeat(64), can_publish: true }],
  ['POST', '/:id/remove', { participant: 'a'.repeat(64), ban: false }],
  ['GET', '/:id/bans'],
  ['DELETE', `/:id/bans/${'a'.repeat(64)}`],
  ['DELETE', '/:id'],
];

/** A refusal as the contract wants it; anything in the five hundreds is a fault of ours. */
function expectRefusal(answer: Answer, what: string, status?: number, code?: string): void {
  expect(answer.status, what).toBeGreaterThanOrEqual(400);
  expect(answer.status, what).toBeLessThan(500);
  expect(ErrorBody.safeParse(answer.body).error, what).toBeUndefined();
  if (status !== undefined) expect([what, answer.status]).toEqual([what, status]);
  if (code !== undefined) expect([what, answer.body?.['code']]).toEqual([what, code]);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const header = (event: unknown): string => `Nostr ${base64(JSON.stringify(event))}`;

/** The headers an attacker might try for this request, each with the code of the check that must catch it. */
async function forgeries(
  method: string,
  url: string,
  body: string | undefined,
): Promise<[string, string | undefined, string][]> {
  const good: EventTemplate = {
    kind: 27_235,
    created_at: nowS(),
    content: '',
    tags: [
      ['u', url],
      ['method', method],
      ['nonce', randomUUID()],
    ],
  };
  const withPayload = await makeHttpAuth(
    { url, method, now: nowS(), nonce: randomUUID(), ...(body === undefined ? {} : { body }) },
    host.sign,
  );
  const event = JSON.parse(Buffer.from(withPayload.slice(6), 'base64').toString()) as EventTemplate;
  const signed = async (change: Partial<EventTemplate>) =>
    header(await host.sign({ ...good, tags: event.tags, ...change }));
  const tags = (name: string, value: string): string[][] =>
    event.tags.map((tag) => (tag[0] === name ? [name, value] : tag));
  const other = await stranger.sign({ ...good, tags: event.tags });
  const full = await host.sign({ ...good, tags: event.tags });
  const cases: [string, string | undefined, string][] = [
    ['no header', undefined, 'auth_missing'],
    ['another scheme', 'Basic YWJjOmFiYw==', 'auth_scheme'],
    ['no base64', 'Nostr ?!?', 'auth_base64'],
    ['no JSON', `Nostr ${base64('hello')}`, 'auth_json'],
    ['no event', header({ kind: 27_235 }), 'auth_shape'],
    ['a list', header([1]), 'auth_shape'],
    ['another id', header({ ...full, id: 'a'.repeat(64) }), 'auth_id'],
    ['changed after signing', header({ ...full, content: 'x' }), 'auth_id'],
    ['the signature of somebody else', header({ ...full, sig: other.sig }), 'auth_signature'],
    ['the name of somebody else', header({ ...other, pubkey: host.pubkey }), 'auth_id'],
    ['another kind', await signed({ kind: 1 }), 'auth_kind'],
    ['two minutes old', await signed({ created_at: nowS() - 120 }), 'auth_time'],
    ['two minutes early', await signed({ created_at: nowS() + 120 }), 'auth_time'],
    [
      'for another server',
      await signed({ tags: tags('u', url.replace(/\/\/[^/]+/, '//evil.example')) }),
      'auth_url',
    ],
    ['for another path', await signed({ tags: tags('u', `${url}/other`) }), 'auth_url'],
    ['for no address', await signed({ tags: [['method', method]] }), 'auth_url'],
    ['for another method', await signed({ tags: tags('method', 'HEAD') }), 'auth_method'],
    ['a made-up session', 'Bearer abc.def', 'key_required'],
  ];
  if (body !== undefined) {
    cases.push(
      ['for another body', await signed({ tags: tags('payload', '0'.repeat(64)) }), 'auth_payload'],
      [
        'for no body',
        await signed({ tags: event.tags.filter(([name]) => name !== 'payload') }),
        'auth_payload',
      ],
    );
  }
  return cases;
}

for (const [method, path, body] of ROUTES) {
  test(`${method} /api/v1/nests${path}${body && path.endsWith('restart') ? ' with a body' : ''} believes no forged header, for any id`, async () => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const ids = path.includes(':id') ? [nest, randomUUID(), 'no-such-id'] : [''];
    for (const id of ids) {
      const url = at(path.replace(':id', id));
      for (const [what, authorization, code] of await forgeries(method, url, text)) {
        const answer = await call(method, url, text, authorization);
        expectRefusal(answer, `${what} ${id}`, 401, what === 'a made-up session' ? undefined : code);
        expect(answer.body).toMatchObject({ origin: stack().url, serverTime: expect.any(Number) });
      }
    }
  });
}

test('a header that was used is used up, also on another route', async () => {
  const url = at(`/${nest}`);
  const authorization = await makeHttpAuth(
    { url, method: 'GET', now: nowS(), nonce: randomUUID() },
    host.sign,
  );
  expect((await call('GET', url, undefined, authorization)).status).toBe(200);
  expectRefusal(await call('GET', url, undefined, authorization), 'again', 401, 'auth_replay');
  const many = await makeHttpAuth({ url, method: 'GET', now: nowS(), nonce: randomUUID() }, host.sign);
  const answers = await Promise.all(Array.from({ length: 8 }, () => call('GET', url, undefined, many)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('ids nobody ever made are unknown, whatever they look like', async () => {
  const odd = [
    randomUUID(),
    '0',
    'undefined',
    '%00',
    '..%2F..%2Fetc%2Fpasswd',
    encodeURIComponent("' OR 1=1 --"),
    encodeURIComponent('🪹'),
    encodeURIComponent('nest:*'),
    'a'.repeat(500),
    '__proto__',
    'constructor',
  ];
  for (const id of odd) {
    for (const path of ['/info', '/guest', '/events', `/successor?host=${host.pubkey}`]) {
      const answer = await call('GET', at(`/${id}${path}`));
      expectRefusal(answer, `${id}${path}`, 404);
      expect(answer.body?.['error']).toBe('Room not found');
    }
    for (const [method, path, body] of ROUTES.filter(
      ([, path]) => path.includes(':id') && !path.includes('restart'),
    )) {
      const answer = await host.request(method, at(path.replace(':id', id)), body);
      expectRefusal(answer, `${method} ${path} ${id}`, 404);
      expect(answer.body?.['error']).toBe('Room not found');
    }
  }
  for (const id of ['%', '%E0%A4%A', 'a'.repeat(20_000)]) {
    expectRefusal(await call('GET', at(`/${id}/info`)), id.slice(0, 20));
  }
  for (const hostValue of ['', 'abc', '%00', 'A'.repeat(64)]) {
    expectRefusal(await call('GET', at(`/${nest}/successor?host=${hostValue}`)), `host=${hostValue}`);
  }
});

test('broken and wrong bodies are refused, well signed or not', async () => {
  const signed = async (method: string, url: string, body: string, headers = {}): Promise<Answer> =>
    call(
      method,
      url,
      body,
      await makeHttpAuth({ url, method, body, now: nowS(), nonce: randomUUID() }, host.sign),
      headers,
    );
  const create = at('');
  const broken: [string, number][] = [
    ['{', 400],
    ['', 400],
    ['nonsense', 400],
    ['null', 400],
    ['[]', 400],
    ['"text"', 400],
    ['7', 400],
    ['{}', 400],
    ['{"relays":"wss://x"}', 400],
    ['{"relays":[],"hls_stream":false}', 400],
    ['{"relays":["http://x"],"hls_stream":false}', 400],
    ['{"relays":["wss://x"],"hls_stream":"no"}', 400],
    [
      JSON.stringify({
        relays: Array.from({ length: 11 }, (_, n) => `wss://r${n}.example`),
        hls_stream: false,
      }),
      400,
    ],
    ['{"relays":["wss://x.example"],"hls_stream":false,"starts":"soon"}', 400],
    ['{"relays":["wss://x.example"],"hls_stream":false,"capacity":-1}', 400],
    ['{"__proto__":{"relays":["wss://x.example"]},"hls_stream":false}', 400],
    ['['.repeat(20_000), 400],
    [JSON.stringify({ ...CREATE, padding: 'x'.repeat(70_000) }), 413],
  ];
  for (const [body, status] of broken) {
    expectRefusal(await signed('PUT', create, body), `PUT ${body.slice(0, 60)}`, status);
  }
  expectRefusal(await signed('PUT', create, 'a=b', { 'content-type': 'text/plain' }), 'text', 415);
  expectRefusal(await signed('PUT', create, '<a/>', { 'content-type': 'application/xml' }), 'xml', 415);
  for (const [method, path] of ROUTES.filter(([, , body]) => body !== undefined)) {
    const url = at(path.replace(':id', nest));
    for (const body of [
      '{',
      '[1]',
      '"x"',
      '{"participant":5,"ban":"x","raised":1,"relays":5,"guests":"x"}',
    ]) {
      expectRefusal(await signed(method, url, body), `${method} ${path} ${body}`, 400);
    }
  }
  expect((await host.request('GET', at(`/${nest}`))).status).toBe(200);
});

test('unknown paths and methods are refused in the same shape', async () => {
  for (const path of ['/api', '/api/v1', '/api/v1/nests/x/y/z', '/api/v2/nests']) {
    expectRefusal(await call('GET', `${stack().url}${path}`), path, 404);
  }
  for (const method of ['POST', 'DELETE', 'PATCH']) expectRefusal(await call(method, at('')), method);
});

test('nobody but the host restarts, ends or appoints, and nothing changes by trying', async () => {
  const before = (await call('GET', at(`/${nest}/info`))).body;
  const restart = await stranger.request('POST', at(`/${nest}/restart`));
  expectRefusal(restart, 'restart', 403, 'not_host_restart');
  expect(restart.body?.['error']).toBe('Only the host can restart the nest');
  const tries: [string, string, unknown?][] = [
    ['DELETE', ''],
    ['PATCH', '', { guests: false }],
    ['POST', '/permissions', { participant: stranger.pubkey, can_publish: true }],
    ['POST', '/permissions', { participant: stranger.pubkey, is_admin: true }],
    ['POST', '/permissions', { participant: host.pubkey, can_publish: false }],
    ['POST', '/remove', { participant: host.pubkey, ban: true }],
    ['GET', '/bans'],
  ];
  for (const [method, path, body] of tries) {
    expectRefusal(await stranger.request(method, at(`/${nest}${path}`), body), `${method} ${path}`, 403);
  }
  expect((await call('GET', at(`/${nest}/info`))).body).toEqual(before);
});
