import { createHash, createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { attack, type Attack, type Plan } from './attack.ts';
import { headerOf, rightTemplate, sign } from './keys.ts';
import type { Target } from './target.ts';
import { bytesOf, type Proper } from './wire.ts';

const nests = '/api/v1/nests';
const NEST = Buffer.from(JSON.stringify({ relays: ['wss://relay.example'], hls_stream: false }));
const JSON_TYPE = { 'content-type': 'application/json' };

/** Nobody has signed this; whatever is odd about it, it must not make a nest. */
const unsigned: Proper = { method: 'PUT', path: nests, headers: JSON_TYPE, body: NEST };

/** What would make a nest, if it arrived whole. */
export function signedCreation(target: Target): Uint8Array {
  const event = sign(
    rightTemplate({ url: `${target.publicUrl}${nests}`, method: 'PUT', body: NEST }),
    target.host,
  );
  return bytesOf({ ...unsigned, headers: { ...JSON_TYPE, authorization: headerOf(event) } });
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function withLines(lines: string[], body = NEST.toString()): Uint8Array {
  return bytes(`PUT ${nests} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`);
}

const token = fc.string({
  unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz-_!#$%&*+.^|~0123456789')),
  minLength: 1,
  maxLength: 40,
});
const printable = fc.string({ maxLength: 200 });
const anyByte = fc.string({
  unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});

/** Headers that are many, long, broken, or mean something elsewhere. */
export const badHeaders: fc.Arbitrary<Attack> = fc.oneof(
  attack(
    'headers nobody knows',
    fc.array(fc.tuple(token, printable), { minLength: 1, maxLength: 60 }),
    (headers): Plan => {
      const known = /^(host|connection|content-length|content-type|transfer-encoding|expect|upgrade)$/;
      const lines = headers.filter(([name]) => !known.test(name)).map(([name, value]) => `${name}: ${value}`);
      const rest = [
        'host: x',
        'connection: close',
        `content-length: ${NEST.length}`,
        'content-type: application/json',
      ];
      return { shots: [{ chunks: [withLines([...lines, ...rest])], then: 'wait' }] };
    },
  ),
  attack('headers that are too much', fc.integer({ min: 100, max: 3_000 }), (count): Plan => {
    const lines = Array.from({ length: count }, (_, at) => `x-${at}: ${'y'.repeat(200)}`);
    return { shots: [{ chunks: [withLines(['host: x', ...lines])], then: 'wait' }], mayClose: true };
  }),
  attack('headers that are broken', fc.array(anyByte, { minLength: 1, maxLength: 5 }), (lines): Plan => {
    const rest = ['host: x', 'connection: close', `content-length: ${NEST.length}`];
    return { shots: [{ chunks: [withLines([...lines, ...rest])], then: 'wait' }], mayClose: true };
  }),
  attack(
    'headers that mean something elsewhere',
    fc.constantFrom(
      ...[
        'expect: 100-continue',
        'expect: x',
        'upgrade: websocket',
        'upgrade: h2c',
        'host: evil.example',
        'host: ',
      ],
      ...['x-forwarded-for: 127.0.0.1', 'x-forwarded-for: ::::', 'forwarded: for=x', 'x-real-ip: 127.0.0.1'],
      ...[
        'x-http-method-override: DELETE',
        'x-original-url: /health',
        'range: bytes=0-',
        'content-encoding: gzip',
      ],
      ...[
        'cookie: session=x',
        'origin: null',
        'te: trailers',
        'trailer: x',
        'proxy-authorization: Nostr x',
        'via: x',
      ],
      ...[
        'authorization: ',
        'authorization: Nostr',
        'authorization: Bearer',
        'authorization: Basic Og==',
        'referer: x',
      ],
    ),
    (line): Plan => {
      const rest = ['connection: close', `content-length: ${NEST.length}`, 'content-type: application/json'];
      const host = line.startsWith('host') ? [] : ['host: x'];
      return { shots: [{ chunks: [withLines([line, ...host, ...rest])], then: 'wait' }], mayClose: true };
    },
  ),
  attack(
    'headers that disagree about the body',
    fc.constantFrom(
      ...[
        ['content-length: -1'],
        ['content-length: x'],
        ['content-length: 1', 'content-length: 2'],
        ['content-length: 1e9'],
      ],
      ...[
        ['transfer-encoding: chunked', 'content-length: 5'],
        ['transfer-encoding: x'],
        ['transfer-encoding: gzip, chunked'],
      ],
      ...[['transfer-encoding: chunked'], ['content-length: 99999999999999999999'], ['content-length: 3 3']],
      ...[['transfer-encoding: chunked, identity'], ['content-length : 5'], [' content-length: 5']],
    ),
    (lines): Plan => ({
      shots: [
        {
          chunks: [withLines(['host: x', 'connection: close', 'content-type: application/json', ...lines])],
          then: 'half-close',
        },
      ],
      mayClose: true,
    }),
  ),
  attack(
    'a webhook that is not LiveKit’s',
    fc.record({
      by: fc.constantFrom('nobody', 'nonsense', 'alg none', 'another secret', 'another body'),
      room: fc.string(),
    }),
    ({ by, room }, target): Plan => {
      const body = Buffer.from(
        JSON.stringify({ id: randomBytes(8).toString('hex'), event: 'room_finished', room: { name: room } }),
      );
      const jwt = {
        nobody: undefined,
        nonsense: 'x.y.z',
        'alg none': webhookToken(target.livekit.apiKey, null, body),
        'another secret': webhookToken(target.livekit.apiKey, 'another-secret-another-secret-0123', body),
        'another body': webhookToken(target.livekit.apiKey, target.livekit.apiSecret, Buffer.from('{}')),
      }[by];
      const headers = {
        'content-type': 'application/webhook+json',
        'content-length': String(body.length),
        ...(jwt === undefined ? {} : { authorization: jwt }),
      };
      return {
        shots: [{ method: 'POST', path: '/api/v1/livekit/webhook', headers, body }],
        codes: ['auth_signature'],
      };
    },
  ),
);

/** The token by which LiveKit signs a webhook; without a secret it says that it is not signed. */
function webhookToken(apiKey: string, secret: string | null, body: Uint8Array): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: apiKey,
    nbf: now - 10,
    exp: now + 60,
    sha256: createHash('sha256').update(body).digest('base64'),
  };
  const text = `${part({ alg: secret === null ? 'none' : 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${secret === null ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Where nobody may do anything but read. */
const READ_ONLY = [
  '/health',
  '/ready',
  '/debug/test-token',
  '/docs',
  '/api/v1/openapi.json',
  '/metrics',
  '/create',
  '/',
];

/** Methods that an address does not know, or nobody does. */
export const badMethods: fc.Arbitrary<Attack> = attack(
  'method',
  fc
    .record({
      method: fc.oneof(
        fc.constantFrom(
          'POST',
          'PUT',
          'DELETE',
          'PATCH',
          'TRACE',
          'CONNECT',
          'PROPFIND',
          'MKCOL',
          'LOCK',
          'SEARCH',
          'PURGE',
        ),
        fc.constantFrom('get', 'GETT', 'G', '', ' GET', 'GET\t', 'OPTIONS', 'M-SEARCH', 'SOURCE', 'PRI'),
        token,
      ),
      path: fc.oneof(
        fc.constantFrom(...READ_ONLY),
        fc.constant(`${nests}/OPEN/info`),
        fc.constant(`${nests}/OPEN/guest`),
      ),
    })
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD'),
  ({ method, path }, { nests: { open } }): Plan => ({
    shots: [{ chunks: [bytesOf({ method, path: path.replace('OPEN', open) })], then: 'wait' }],
    mayClose: true,
  }),
);

/** Addresses that are broken, lead out of the web app's folder, or are no addresses. */
export const brokenUrls: fc.Arbitrary<Attack> = attack(
  'address',
  fc
    .oneof(
      fc
        .tuple(fc.constantFrom('/', `${nests}/`, '/nest/', '/assets/', '//', ''), anyByte)
        .map((parts) => parts.join('')),
      fc
        .tuple(
          fc.constantFrom('/', `${nests}/`, '/assets/'),
          fc.constantFrom(...['../', '..%2f', '%2e%2e/', '..\\', '..%5c', '....//', '%c0%ae%c0%ae/', '..;/']),
          fc.integer({ min: 1, max: 12 }),
          fc.constantFrom('outside.txt', 'etc/passwd', 'package.json', 'nests.db'),
        )
        .map(([start, up, times, file]) => `${start}${up.repeat(times)}${file}`),
      fc.constantFrom(
        '*',
        '/%',
        '/%zz',
        '/%e0%a4%a',
        'http://evil.example/',
        'http://evil.example/api/v1/nests',
        '/\u0000',
        '/?%',
        '/#',
        '/..',
      ),
      fc
        .tuple(fc.integer({ min: 1_000, max: 40_000 }), fc.constantFrom('x', '%41', '/', '?'))
        .map(([times, what]) => `/${what.repeat(times)}`),
    )
    .filter((path) => !/[\r\n]/.test(path)),
  (path): Plan => ({
    shots: [
      {
        chunks: [bytes(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)],
        then: 'wait',
      },
    ],
    harmless: true,
    mayClose: true,
  }),
);

/** Connections that are slow, or end before the request does. */
export const badConnections: fc.Arbitrary<Attack> = fc.oneof(
  attack(
    'connection that is cut',
    fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      then: fc.constantFrom('cut', 'half-close'),
    }),
    ({ at, then }, target): Plan => {
      const whole = signedCreation(target);
      const part = whole.subarray(0, Math.floor(whole.length * at));
      return { shots: [{ chunks: [part], then: then === 'cut' ? 'cut' : 'half-close' }], mayClose: true };
    },
  ),
  attack(
    'connection that is slow',
    fc.record({ chunks: fc.integer({ min: 2, max: 12 }), pauseMs: fc.integer({ min: 1, max: 40 }) }),
    ({ chunks, pauseMs }): Plan => {
      const whole = bytesOf(unsigned);
      const size = Math.ceil(whole.length / chunks);
      const parts = Array.from({ length: chunks }, (_, at) => whole.subarray(at * size, (at + 1) * size));
      return { shots: [{ chunks: parts, pauseMs, then: 'wait' }], codes: ['auth_missing'] };
    },
  ),
  attack('connection that goes on with something else', anyByte, (rubbish): Plan => {
    const first = bytes(
      `PUT ${nests} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}`,
    );
    return { shots: [{ chunks: [first, bytes(`${rubbish}\r\n\r\n`)], then: 'half-close' }], mayClose: true };
  }),
);
