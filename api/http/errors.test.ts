import { connect, type AddressInfo } from 'node:net';
import { ErrorBody } from '@nests/protocol/api';
import { ERRORS, type ErrorCode } from '@nests/protocol/errors';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { NestError } from '../nests/errors.ts';
import { MediaUnavailable, StoreUnavailable } from '../nests/ports.ts';
import { makePerson, makeTestApi, type Reply, type TestApi } from './testing.ts';

const nests = '/api/v1/nests';
const anna = makePerson();
let api: TestApi;
const start = (...given: Parameters<typeof makeTestApi>): TestApi => (api = makeTestApi(...given));
afterEach(() => api.app.close());

const expectError = (reply: Reply, status: number, code: string): void => {
  expect(reply).toMatchObject({ status, body: { code } });
  expect(ErrorBody.parse(reply.body)).toEqual(reply.body);
  expect(reply.body['requestId']).toBe(reply.headers['x-request-id']);
};

describe('errors', () => {
  it('say the sentence, the code and the request of each refusal of the domain', async () => {
    const codes = Object.keys(ERRORS) as ErrorCode[];
    let refusal: ErrorCode = 'internal';
    start({ nests: { info: async () => Promise.reject(new NestError(refusal)) } });
    for (const code of codes) {
      const { status, sentence } = ERRORS[code];
      refusal = code;
      const reply = await api.ask('GET', `${nests}/x/info`);
      expectError(reply, status, code);
      expect(reply.body['error']).toBe(sentence);
    }
  });

  it('say "Room not found" for every nest that is not here, and "This nest has ended" for ended ones', async () => {
    start();
    for (const [method, path] of [
      ['GET', '/x/info'],
      ['GET', '/x/guest'],
      ['GET', '/x/events'],
      ['GET', `/x/successor?host=${anna.pubkey}`],
      ['GET', `/${'x'.repeat(4000)}/info`],
      ['GET', '/%00/info'],
      ['GET', '/..%2f..%2fetc/info'],
    ] as const) {
      const reply = await api.ask(method, nests + path);
      expectError(reply, 404, 'room_not_found');
      expect(reply.body['error']).toBe('Room not found');
    }
    expectError(await api.ask('GET', `${nests}/x`, { by: anna }), 404, 'room_not_found');
    await api.app.close();
    start({ nests: { guest: async () => Promise.reject(new NestError('ended')) } });
    const reply = await api.ask('GET', `${nests}/x/guest`);
    expectError(reply, 410, 'ended');
    expect(reply.body['error']).toBe('This nest has ended');
  });

  it('call an outage an outage, and when to ask again', async () => {
    for (const [error, code] of [
      [new StoreUnavailable('down'), 'store_unavailable'],
      [new MediaUnavailable('down'), 'livekit_unavailable'],
      [new NestError('recovering'), 'recovering'],
    ] as const) {
      start({ nests: { guest: async () => Promise.reject(error) } });
      const reply = await api.ask('GET', `${nests}/x/guest`);
      expectError(reply, 503, code);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
      await api.app.close();
    }
  });

  it('do not flood the log while something is down', async () => {
    start({ nests: { guest: async () => Promise.reject(new StoreUnavailable('down')) } });
    const lines = () =>
      api
        .logged()
        .split('\n')
        .filter((line) => line.includes('A request met an outage'));
    for (let time = 0; time < 20; time++) await api.ask('GET', `${nests}/x/guest`);
    expect(lines()).toHaveLength(1);
    api.now += 1000;
    await api.ask('GET', `${nests}/x/guest`);
    expect(JSON.parse(lines()[1]!)).toMatchObject({ level: 'warn', code: 'store_unavailable', leftOut: 19 });
  });

  it('tell when a planned nest starts', async () => {
    start({
      nests: { join: async () => Promise.reject(new NestError('not_started', { starts: 1_900_000_000 })) },
    });
    const reply = await api.ask('GET', `${nests}/x`, { by: anna });
    expectError(reply, 409, 'not_started');
    expect(reply.body['starts']).toBe(1_900_000_000);
  });

  it('keep what went wrong inside to the log', async () => {
    start({ nests: { info: async () => Promise.reject(new Error('the cable of rack 7 is loose')) } });
    const reply = await api.ask('GET', `${nests}/x/info`);
    expectError(reply, 500, 'internal');
    expect(reply.text).not.toContain('rack 7');
    expect(api.logged()).toContain('rack 7');
  });
});

describe('a request that is not understood', () => {
  it('gets JSON: unknown addresses, wrong methods, wrong encodings', async () => {
    start();
    expectError(await api.ask('GET', '/api/v1/nothing'), 404, 'not_found');
    expectError(await api.ask('POST', '/anything', { body: {} }), 404, 'not_found');
    const wrongMethod = await api.ask('POST', `${nests}/x/info`, { body: {} });
    expectError(wrongMethod, 405, 'method_not_allowed');
    expect(wrongMethod.headers['allow']).toBe('GET');
    expect((await api.ask('DELETE', nests)).headers['allow']).toBe('GET, PUT');
    const broken = await api.ask('GET', `${nests}/%E0%A4%A/info`);
    expect(broken).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });

  it('is refused by size and type before anybody asks who sent it', async () => {
    start();
    expectError(await api.ask('PUT', nests, { body: ' '.repeat(64 * 1024 + 1) }), 413, 'too_large');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense']) {
      expectError(
        await api.ask('PUT', nests, { body: '{}', headers: { 'content-type': type } }),
        415,
        'wrong_type',
      );
    }
  });

  it('is checked for shape only after the key was', async () => {
    start();
    const bad: [unknown, string][] = [
      ['{"relays":', 'bad_json'],
      [Buffer.from([0x22, 0xff, 0x22]), 'bad_json'],
      ['[]', 'bad_request'],
      ['null', 'bad_request'],
      [{}, 'bad_request'],
      [{ relays: [], hls_stream: false }, 'bad_request'],
      [{ relays: ['https://relay.example'], hls_stream: false }, 'bad_request'],
      [{ relays: Array(11).fill('wss://r.example'), hls_stream: false }, 'bad_request'],
      [{ relays: ['wss://r.example'], hls_stream: 'yes' }, 'bad_request'],
      [{ relays: ['wss://r.example'], hls_stream: true, access: 'secret' }, 'bad_request'],
      [{ relays: ['wss://r.example'], hls_stream: true, starts: 1.5 }, 'bad_request'],
    ];
    for (const [body, code] of bad) {
      expectError(await api.ask('PUT', nests, { body, by: anna }), 400, code);
      expectError(await api.ask('PUT', nests, { body }), 401, 'auth_missing');
    }
    const where = await api.ask('PUT', nests, { by: anna, body: { relays: ['wss://r.example'] } });
    expect(where.body['error']).toMatch(/^The request is malformed: hls_stream: /);
    expect(api.called).toEqual([]);
  });

  it('may carry fields nobody knows', async () => {
    start({ nests: { hand: async () => undefined } });
    const reply = await api.ask('POST', `${nests}/x/hand`, {
      by: anna,
      body: { raised: true, fancy: 1, __proto__: { a: 1 } },
    });
    expect(reply.status).toBe(204);
  });

  it('takes ws:// relays outside production only', async () => {
    const body = { relays: ['ws://relay.example'], hls_stream: false };
    start();
    expectError(await api.ask('PUT', nests, { by: anna, body }), 404, 'room_not_found'); // the stub got it
    await api.app.close();
    start({ env: { NODE_ENV: 'production' } });
    expectError(await api.ask('PUT', nests, { by: anna, body }), 400, 'bad_request');
  });

  it('is a request for no nest at all, where the id is empty', async () => {
    start();
    for (const [method, end] of [
      ['POST', '/restart'],
      ['GET', '/info'],
    ] as const) {
      const reply = await api.ask(method, `${nests}/${end}`, { by: anna });
      expect(reply).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    }
    expect(api.called).toEqual([]);
  });

  it('never is a 500, whatever it is', async () => {
    start();
    const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
    const ends = [
      '',
      '/info',
      '/guest',
      '/token',
      '/hand',
      '/permissions',
      '/restart',
      '/events',
      '/bans/x',
      '/remove',
      '/join',
    ];
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json());
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: fc.constantFrom(...methods),
          room: text.map((value) => encodeURIComponent(value)),
          end: fc.constantFrom(...ends),
          query: fc.webQueryParameters(),
          body: fc.option(text, { nil: undefined }),
          authorization: fc.oneof(
            fc.constant('signed'),
            fc.base64String().map((value) => `Nostr ${value}`),
            fc.constant('Bearer x.y.z'),
          ),
        }),
        async ({ method, room, end, query, body, authorization }) => {
          const path = `${nests}/${room}${end}?${query}`;
          const sent = method === 'GET' || method === 'HEAD' ? undefined : body;
          const header =
            authorization === 'signed' ? await api.header(anna, method, path, sent) : authorization;
          const reply = await api.ask(method, path, { body: sent, headers: { authorization: header } });
          expect(reply.status, `${method} ${path}`).toBeLessThan(500);
        },
      ),
      { numRuns: 150 },
    );
    expect(api.logged()).not.toContain('"level":"error"');
  });

  it('is answered in JSON even when it is not HTTP', async () => {
    start();
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as AddressInfo;
    for (const bytes of [
      'hello\r\n\r\n',
      'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
      'PUT /api/v1/nests HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
      'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: miracles\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1');
      let said = '';
      socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const closed = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
      socket.write(bytes);
      await closed;
      expect(said).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(said).toContain('"code":"bad_request"');
    }
  });
});
