import { randomBytes } from 'node:crypto';
import type { EventTemplate } from '@nests/protocol/event';
import fc from 'fast-check';
import { attack, type Attack, type Plan } from './attack.ts';
import { headerOf, rightTemplate, sha256, sign } from './keys.ts';
import { anyOperation, bodyOf, type Operation } from './operations.ts';
import type { Target } from './target.ts';
import type { Proper } from './wire.ts';

/** Every refusal of a signature; where several checks may be the first to see what is wrong. */
const ANY_AUTH = [
  ...['auth_missing', 'auth_scheme', 'auth_base64', 'auth_json', 'auth_shape', 'auth_id', 'auth_signature'],
  ...['auth_kind', 'auth_time', 'auth_url', 'auth_method', 'auth_payload', 'session_invalid', 'key_required'],
];

const signed = anyOperation(({ asks }) => asks !== 'session');
const signedWithBody = anyOperation(({ asks, body }) => asks !== 'session' && body !== undefined);

/** The request of an operation, with this Authorization header. */
function request(
  operation: Operation,
  target: Target,
  authorization: string,
  body = bodyOf(operation, target),
): Proper {
  const type =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) };
  return {
    method: operation.method,
    path: operation.path(target),
    headers: { authorization, ...type },
    ...(body === undefined ? {} : { body }),
  };
}

/** What the host would sign for this operation. */
function template(operation: Operation, target: Target): EventTemplate {
  const url = `${target.publicUrl}${operation.path(target)}`;
  return rightTemplate({ url, method: operation.method, body: bodyOf(operation, target) });
}

/** The host signs something that is almost right; `codes` is what the API must say. */
function almost<T>(
  kind: string,
  operation: fc.Arbitrary<Operation>,
  change: fc.Arbitrary<T>,
  spoil: (template: EventTemplate, change: T, operation: Operation) => object,
  codes: readonly string[],
): fc.Arbitrary<Attack> {
  return attack(`signed ${kind}`, fc.record({ operation, change }), ({ operation, change }, target): Plan => {
    const spoilt = spoil(template(operation, target), change, operation) as EventTemplate; // signed whatever it is
    return { shots: [request(operation, target, headerOf(sign(spoilt, target.host)))], codes };
  });
}

/** The right header of the host, damaged as text. */
function damaged<T>(
  kind: string,
  change: fc.Arbitrary<T>,
  damage: (header: string, change: T) => string,
  codes: readonly string[] = ANY_AUTH,
): fc.Arbitrary<Attack> {
  return attack(
    `signed, ${kind}`,
    fc.record({ operation: signed, change }),
    ({ operation, change }, target): Plan => {
      const header = headerOf(sign(template(operation, target), target.host));
      return { shots: [request(operation, target, damage(header, change))], codes };
    },
  );
}

const withTag = (template: EventTemplate, name: string, ...values: string[]): EventTemplate => ({
  ...template,
  tags: [...template.tags.filter(([tag]) => tag !== name), [name, ...values]],
});

const OTHER_ADDRESSES: Record<string, (url: URL) => string> = {
  host: (url) => url.href.replace(url.host, 'evil.example'),
  'host in front': (url) => url.href.replace('://', `://${url.host}@evil.example/`),
  port: (url) => url.href.replace(url.host, 'localhost:1'),
  'no port': (url) => url.href.replace(url.host, 'localhost'),
  scheme: (url) => url.href.replace('http:', 'https:'),
  'no scheme': (url) => url.href.replace('http:', ''),
  'path alone': (url) => url.pathname,
  slash: (url) => `${url.href}/`,
  'double slash': (url) => url.href.replace('/api', '//api'),
  query: (url) => `${url.href}?x=1`,
  fragment: (url) => `${url.href}#x`,
  'other letters': (url) => url.href.replace('/nests', '/NESTS'),
  encoded: (url) => url.href.replace('/nests', '/%6eests'),
  'one up': (url) => url.href.replace(/\/[^/]*$/, ''),
  dots: (url) => url.href.replace('/api', '/x/../api'),
  nothing: () => '',
  space: (url) => `${url.href} `,
};

const bits = fc.record({ at: fc.nat(), bit: fc.nat(7) });

/** NIP-98 events that are forged, altered, for something else, too old, or used before. */
export const forgedKeys: fc.Arbitrary<Attack> = fc.oneof(
  damaged(
    'with another scheme',
    fc.constantFrom(
      '',
      'nostr ',
      'NOSTR ',
      'Nostr',
      'Basic ',
      'Bearer ',
      'Nostr  ',
      'Digest ',
      'Nostr Nostr ',
    ),
    (header, scheme) => scheme + header.slice('Nostr '.length),
  ),
  damaged(
    'with a character too many',
    fc.record({
      at: fc.nat(),
      put: fc.constantFrom('=', '-', '_', ' ', '%', 'A', '"', 'AAAA', '\t', '===='),
    }),
    (header, { at, put }) => {
      const place = 'Nostr '.length + (at % (header.length - 'Nostr '.length));
      return header.slice(0, place) + put + header.slice(place);
    },
  ),
  damaged('cut short', fc.nat(), (header, at) => header.slice(0, at % header.length)),
  damaged('with a bit turned', bits, (header, { at, bit }) => {
    const bytes = Buffer.from(header.slice('Nostr '.length), 'base64');
    const place = at % bytes.length;
    bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
    return `Nostr ${bytes.toString('base64')}`;
  }),
  damaged(
    'that is no event at all',
    fc.oneof(fc.json(), fc.string(), fc.constantFrom('null', '[]', '{}', '{"kind":27235}', '"x"')),
    (_, text) => `Nostr ${Buffer.from(text).toString('base64')}`,
  ),
  attack('signed by somebody else in the host’s name', signed, (operation, target): Plan => {
    const event = sign(template(operation, target), target.host, target.attacker);
    return { shots: [request(operation, target, headerOf(event))], codes: ['auth_signature'] };
  }),
  attack('signed with another’s name put in', signed, (operation, target): Plan => {
    const event = { ...sign(template(operation, target), target.attacker), pubkey: target.host.pubkey };
    return { shots: [request(operation, target, headerOf(event))], codes: ['auth_id'] };
  }),
  attack('signed with another id', signed, (operation, target): Plan => {
    const event = { ...sign(template(operation, target), target.host), id: randomBytes(32).toString('hex') };
    return { shots: [request(operation, target, headerOf(event))], codes: ['auth_id'] };
  }),
  almost(
    'of another kind',
    signed,
    fc.nat(65_535).filter((kind) => kind !== 27_235),
    (event, kind) => ({ ...event, kind }),
    ['auth_kind'],
  ),
  almost(
    'with fields of other types',
    signed,
    fc.constantFrom<object[]>(
      ...[{ kind: '27235' }, { kind: 27_235.5 }, { kind: -1 }, { kind: null }, { created_at: 'now' }],
      ...[{ created_at: 1.5 }, { created_at: -1 }, { tags: 'u' }, { tags: [['u', 1]] }, { tags: [null] }],
      ...[{ tags: { u: 'x' } }, { content: null }, { content: 7 }],
    ),
    (event, fields) => ({ ...event, ...fields }),
    ['auth_shape'],
  ),
  almost(
    'at another time',
    signed,
    fc.oneof(fc.integer({ min: 75, max: 1e9 }), fc.integer({ min: -1e9, max: -75 })),
    (event, seconds) => ({ ...event, created_at: event.created_at + seconds }),
    ['auth_time'],
  ),
  almost(
    'for another address',
    signed,
    fc.constantFrom(...Object.keys(OTHER_ADDRESSES)),
    (event, other) => {
      const url = new URL(event.tags[0]?.[1] ?? '');
      return withTag(event, 'u', OTHER_ADDRESSES[other]?.(url) ?? '');
    },
    ['auth_url'],
  ),
  almost(
    'for another method',
    signed,
    fc.constantFrom('get', 'GET ', '', 'HEAD', 'OPTIONS', 'TRACE', '*'),
    (event, method) => withTag(event, 'method', method),
    ['auth_method'],
  ),
  almost(
    'without a tag',
    signedWithBody,
    fc.constantFrom('u', 'method', 'payload'),
    (event, name) => ({ ...event, tags: event.tags.filter(([tag]) => tag !== name) }),
    ['auth_url', 'auth_method', 'auth_payload'],
  ),
  almost(
    'with a tag twice',
    signedWithBody,
    fc.constantFrom('u', 'method', 'payload'),
    (event, name) => ({ ...event, tags: [...event.tags, ...event.tags.filter(([tag]) => tag === name)] }),
    ['auth_url', 'auth_method', 'auth_payload'],
  ),
  almost(
    'with more in a tag',
    signedWithBody,
    fc.constantFrom('u', 'method', 'payload'),
    (event, name) => ({ ...event, tags: event.tags.map((tag) => (tag[0] === name ? [...tag, 'x'] : tag)) }),
    ['auth_url', 'auth_method', 'auth_payload'],
  ),
  almost(
    'for another body',
    signed,
    fc.oneof(
      fc.string().map((text) => sha256(Buffer.from(`${text} `))),
      fc.constantFrom('', 'A'.repeat(64), 'x'),
    ),
    (event, hash) => withTag(event, 'payload', hash),
    ['auth_payload'],
  ),
  almost(
    'with far too much in it',
    signed,
    fc.integer({ min: 6_000, max: 8_000 }),
    (event, length) => ({ ...event, content: 'x'.repeat(length) }),
    ['auth_shape'],
  ),
  attack(
    'signed, with another body sent',
    fc.record({ operation: signedWithBody, more: fc.constantFrom(' ', '\n', '{}', '\u0000') }),
    ({ operation, more }, target): Plan => {
      const sent = Buffer.concat([bodyOf(operation, target) ?? Buffer.alloc(0), Buffer.from(more)]);
      const header = headerOf(sign(template(operation, target), target.host));
      return { shots: [request(operation, target, header, sent)], codes: ['auth_payload'] };
    },
  ),
  attack(
    'signed for another operation',
    fc
      .record({ operation: signed, signedFor: signed })
      .filter(({ operation, signedFor }) => operation !== signedFor),
    ({ operation, signedFor }, target): Plan => {
      const header = headerOf(sign(template(signedFor, target), target.host));
      return {
        shots: [request(operation, target, header)],
        codes: ['auth_url', 'auth_method', 'auth_payload'],
      };
    },
  ),
  attack(
    'signed rightly by a stranger',
    anyOperation(({ ranked }) => ranked === true),
    (operation, target): Plan => {
      const header = headerOf(sign(template(operation, target), target.attacker));
      return { shots: [request(operation, target, header)], codes: ['forbidden', 'not_host_restart'] };
    },
  ),
  attack(
    'signed rightly by somebody who is banned',
    anyOperation(({ asks, elsewhere }) => asks === 'person' && !elsewhere),
    (operation, target): Plan => {
      const header = headerOf(sign(template(operation, target), target.banned));
      return { shots: [request(operation, target, header)], codes: ['banned'] };
    },
  ),
  attack('signed once and sent thrice', fc.integer({ min: 2, max: 4 }), (times, target): Plan => {
    const path = `/api/v1/nests/${target.nests.open}/info`;
    const event = sign(rightTemplate({ url: `${target.publicUrl}${path}`, method: 'GET' }), target.attacker);
    const shot = { method: 'GET', path, headers: { authorization: headerOf(event) } };
    return {
      shots: Array<typeof shot>(times).fill(shot),
      judge: (outcomes) => {
        const seen = outcomes.map(({ statuses, code }) => code ?? statuses.join()).sort();
        const right = ['200', ...Array<string>(times - 1).fill('auth_replay')];
        return String(seen) === String(right)
          ? undefined
          : `instead of one that counts there were ${String(seen)}`;
      },
    };
  }),
);
