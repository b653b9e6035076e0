import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { attack, type Attack, type Plan } from './attack.ts';
import { headerOf, rightTemplate, sign } from './keys.ts';
import { anyOperation, bodyOf, type Operation } from './operations.ts';
import type { Target } from './target.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A request that the host has signed rightly, whatever is in it. */
function asHost(
  target: Target,
  request: { method: string; path: string; body?: Uint8Array | undefined; type?: string | undefined },
  plan: Omit<Plan, 'shots'>,
): Plan {
  const { method, path, body, type = 'application/json' } = request;
  const event = sign(rightTemplate({ url: `${target.publicUrl}${path}`, method, body }), target.host);
  const about = body === undefined ? {} : { 'content-length': String(body.length), 'content-type': type };
  const headers = { authorization: headerOf(event), ...about };
  return { shots: [{ method, path, headers, ...(body === undefined ? {} : { body }) }], ...plan };
}

function withBody(
  operation: Operation,
  target: Target,
  body: Uint8Array,
  plan: Omit<Plan, 'shots'>,
  type?: string,
): Plan {
  return asHost(target, { method: operation.method, path: operation.path(target), body, type }, plan);
}

const reading = anyOperation(({ reads, asks }) => reads !== 'nothing' && asks !== 'session');
const bySchema = anyOperation(({ reads, wrong }) => reads === 'schema' && wrong !== undefined);
const writing = anyOperation(({ method, asks }) => method !== 'GET' && asks !== 'session');

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(utf8.decode(bytes));
    return true;
  } catch {
    return false;
  }
}

const noJson = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 1, maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((json) => Buffer.from(json.slice(0, -1))),
  fc
    .constantFrom('{"raised":true', '{"a":1,}', "{'a':1}", '{"a":01}', 'NaN', '{}{}', '\u0000')
    .map((text) => Buffer.from(text)),
  fc.json().map((json) => gzipSync(json)),
);

/** Bodies that are no JSON, of another shape, far too large, or of another type, sent by the host himself. */
export const badBodies: fc.Arbitrary<Attack> = fc.oneof(
  attack(
    'body that is no JSON',
    fc.record({ operation: reading, bytes: noJson.filter((bytes) => bytes.length > 0 && !isJson(bytes)) }),
    ({ operation, bytes }, target) => withBody(operation, target, bytes, { codes: ['bad_json'] }),
  ),
  attack(
    'body that is no object',
    fc.record({
      operation: bySchema,
      value: fc.oneof(fc.constantFrom(null, true, 0, 'x', []), fc.array(fc.jsonValue()), fc.string()),
    }),
    ({ operation, value }, target) =>
      withBody(operation, target, Buffer.from(JSON.stringify(value)), { codes: ['bad_request'] }),
  ),
  attack(
    'body with something wrong in it',
    bySchema.chain((operation) =>
      fc.record({ operation: fc.constant(operation), wrong: operation.wrong ?? fc.constant({}) }),
    ),
    ({ operation, wrong }, target) =>
      withBody(operation, target, Buffer.from(JSON.stringify(wrong)), { codes: ['bad_request'] }),
  ),
  attack(
    'body that is deep',
    fc.record({ operation: bySchema, depth: fc.integer({ min: 1_000, max: 20_000 }) }),
    ({ operation, depth }, target) => {
      const deep = `{"relays":${'['.repeat(depth)}${']'.repeat(depth)},"participant":1,"secret":{},"raised":0}`;
      return withBody(operation, target, Buffer.from(deep), { codes: ['bad_request', 'bad_json'] });
    },
  ),
  attack(
    'body that is too large',
    fc.record({ operation: writing, size: fc.integer({ min: 64 * 1024 + 1, max: 256 * 1024 }) }),
    ({ operation, size }, target) => {
      const padded = Buffer.alloc(size, ' ');
      padded.write(JSON.stringify(operation.body?.(target) ?? {}));
      // Answered before it is read to its end, so the end of the connection may overtake the answer.
      return withBody(operation, target, padded, { codes: ['too_large'], mayClose: true });
    },
  ),
  attack(
    'body of another type',
    fc.record({
      operation: writing.filter(({ body }) => body !== undefined),
      type: fc.constantFrom(
        ...[
          'text/plain',
          'text/json',
          'application/xml',
          'multipart/form-data; boundary=x',
          'application/jsonx',
        ],
        ...['application/x-www-form-urlencoded', 'garbage', 'application/', 'application/json+x', '*/*'],
      ),
    }),
    ({ operation, type }, target) =>
      withBody(
        operation,
        target,
        bodyOf(operation, target) ?? Buffer.from('{}'),
        { codes: ['wrong_type'] },
        type,
      ),
  ),
);

const oddId = fc.oneof(
  fc.uuid(),
  fc.string({ minLength: 1, unit: 'binary' }).map(encodeURIComponent),
  fc.string({ minLength: 1 }).map(encodeURIComponent),
  fc.stringMatching(/^[0-9a-f]{64}$/),
  fc.integer({ min: 100, max: 3_000 }).map((length) => 'x'.repeat(length)),
  fc.constantFrom(
    ...[
      '%00',
      '%2e%2e',
      '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
      '__proto__',
      'constructor',
      'toString',
      'nest:x',
      '*',
      '%2A',
    ],
    ...[
      'null',
      'undefined',
      '-1',
      '0',
      '1e309',
      "'%20OR%201=1--",
      '%F0%9F%AA%BA',
      'a:1',
      'a:b:c',
      '%0d%0aX-Evil:%201',
    ],
  ),
);
const ENDS: [method: string, end: string, body?: object][] = [
  ...([
    ['GET', ''],
    ['GET', '/info'],
    ['GET', '/guest'],
    ['GET', '/events'],
    ['GET', '/bans'],
  ] as [string, string][]),
  ...([
    ['GET', '/invites'],
    ['DELETE', ''],
    ['POST', '/start'],
    ['POST', '/invites'],
  ] as [string, string][]),
  ['GET', `/successor?host=${'a'.repeat(64)}`],
  ['PATCH', '', { guests: true }],
  ['POST', '/join', {}],
  ['POST', '/hand', { raised: true }],
  ['POST', '/permissions', { participant: 'a'.repeat(64), can_publish: true }],
  ['POST', '/remove', { participant: 'a'.repeat(64), ban: true }],
  ['PUT', `/members/${'a'.repeat(64)}`],
  ['DELETE', `/bans/${'a'.repeat(64)}`],
  ['DELETE', `/invites/${randomUUID()}`],
];

/** Ids of nests and people that cannot be, asked for by somebody with a good signature. */
export const oddIds: fc.Arbitrary<Attack> = fc.oneof(
  {
    weight: 3,
    arbitrary: attack(
      'nest that is not',
      fc.record({ id: oddId, end: fc.constantFrom(...ENDS) }),
      ({ id, end: [method, end, body] }, target) =>
        asHost(
          target,
          {
            method,
            path: `/api/v1/nests/${id}${end}`,
            body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
          },
          { codes: ['room_not_found', 'not_found', 'auth_shape', 'bad_request'] },
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: attack(
      'person who is not',
      fc.record({
        hex: oddId.filter((id) => !/^[0-9a-f]{64}$/.test(id)),
        where: fc.constantFrom<[string, string]>(
          ['PUT', 'members'],
          ['DELETE', 'members'],
          ['DELETE', 'bans'],
        ),
      }),
      ({ hex, where: [method, list] }, target) =>
        asHost(
          target,
          { method, path: `/api/v1/nests/${target.nests.open}/${list}/${hex}` },
          { codes: ['bad_request'] },
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: attack('host who is not', oddId, (hex, target): Plan => {
      const path = `/api/v1/nests/${target.nests.open}/successor?host=${hex}`;
      return { shots: [{ method: 'GET', path }], codes: ['bad_request', 'room_not_found'] };
    }),
  },
);
