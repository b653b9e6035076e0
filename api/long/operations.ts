import fc from 'fast-check';
import type { Target } from './target.ts';

/** Something that can be asked for, with rights that an attacker does not have. */
export interface Operation {
  method: string;
  path: (target: Target) => string;
  body?: (target: Target) => object;
  /** by whom: a key alone; a key or a session; a session alone; anybody, but who says a name must prove it */
  asks: 'key' | 'person' | 'session' | 'anyone';
  /** only host or co-hosts may */
  ranked?: boolean;
  /** it is about another nest than the open one, so the sessions of that one do not count */
  elsewhere?: boolean;
  /** how it reads a body: by a schema, only whether it is JSON, or not at all */
  reads: 'schema' | 'json' | 'nothing';
  /** bodies of another shape than the schema's */
  wrong?: fc.Arbitrary<object>;
}

const nests = '/api/v1/nests';
const open = (end: string) => (target: Target) => `${nests}/${target.nests.open}${end}`;
const relays = ['wss://relay.example'];
const HEX = 'a'.repeat(64);

const notBoolean = fc.constantFrom<unknown[]>(null, 'true', 1, 0, '', {}, []);
const notRelays = fc.constantFrom<unknown[]>(
  ...[[], {}, null, 'wss://relay.example', [1], [null], [[]], ['wss://'], ['https://relay.example']],
  ...[['javascript:alert(1)'], Array(11).fill(relays[0]), [`wss://${'x'.repeat(300)}.example`], ['']],
);
const notHex = fc.oneof(
  fc.constantFrom<unknown[]>(
    '',
    'A'.repeat(64),
    'a'.repeat(63),
    'a'.repeat(65),
    null,
    1,
    [],
    {},
    [HEX],
    'x'.repeat(64),
  ),
  fc.string(),
);
const notOptions = fc.oneof(
  fc.record({ access: fc.constantFrom<unknown[]>('secret', '', null, 1) }),
  fc.record({ guests: notBoolean }),
  fc.record({ starts: fc.constantFrom<unknown[]>(-1, 1.5, '1', null, 1e300) }),
  fc.record({ stageLimit: fc.constantFrom<unknown[]>(0, 101, 1.5, '1', null, -1) }),
  fc.record({ capacity: fc.constantFrom<unknown[]>(0, 100_001, 1.5, '1', null, -1) }),
);

/** Everything that needs a right. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'PUT',
    path: () => nests,
    body: () => ({ relays, hls_stream: false }),
    asks: 'key',
    reads: 'schema',
    wrong: fc.oneof(
      fc.record({ relays: notRelays, hls_stream: fc.boolean() }),
      fc.record({ relays: fc.constant(relays), hls_stream: notBoolean }),
      fc.constant({ relays }),
      notOptions.map((options) => ({ relays, hls_stream: false, ...options })),
    ),
  },
  {
    method: 'PATCH',
    path: open(''),
    body: () => ({ guests: false }),
    asks: 'person',
    ranked: true,
    reads: 'schema',
    wrong: fc.oneof(notOptions, fc.record({ relays: notRelays }), fc.record({ hls_stream: notBoolean })),
  },
  { method: 'GET', path: open(''), asks: 'person', reads: 'nothing' },
  {
    method: 'POST',
    path: open('/join'),
    body: () => ({}),
    asks: 'person',
    reads: 'schema',
    wrong: fc.record({
      secret: fc.oneof(
        fc.constantFrom<unknown[]>('', null, 1, [], {}),
        fc.string({ minLength: 257, maxLength: 2_000 }),
      ),
    }),
  },
  { method: 'POST', path: open('/token'), asks: 'session', reads: 'nothing' },
  {
    method: 'POST',
    path: open('/hand'),
    body: () => ({ raised: true }),
    asks: 'person',
    reads: 'schema',
    wrong: fc.oneof(fc.record({ raised: notBoolean }), fc.constant({})),
  },
  {
    method: 'POST',
    path: open('/permissions'),
    body: ({ attacker }) => ({ participant: attacker.pubkey, can_publish: true }),
    asks: 'person',
    ranked: true,
    reads: 'schema',
    wrong: fc.oneof(
      fc.record({ participant: notHex, can_publish: fc.boolean() }),
      fc.record({ participant: fc.constant(HEX), can_publish: notBoolean }),
      fc.record({ participant: fc.constant(HEX), mute_microphone: notBoolean }),
      fc.record({ participant: fc.constant(HEX), is_admin: notBoolean }),
    ),
  },
  {
    method: 'POST',
    path: open('/permissions'),
    body: ({ attacker }) => ({ participant: attacker.pubkey, is_admin: true }),
    asks: 'key',
    ranked: true,
    reads: 'schema',
  },
  {
    method: 'POST',
    path: open('/remove'),
    body: ({ speaker }) => ({ participant: speaker.pubkey, ban: true }),
    asks: 'person',
    ranked: true,
    reads: 'schema',
    wrong: fc.oneof(
      fc.record({ participant: notHex, ban: fc.boolean() }),
      fc.record({ participant: fc.constant(HEX), ban: notBoolean }),
      fc.record({
        participant: fc.constant(HEX),
        ban: fc.constant(true),
        reason: fc.oneof(
          notBoolean.filter((value) => value !== '' && value !== 'true'),
          fc.constant('x'.repeat(281)),
        ),
      }),
      fc.constant({ participant: HEX }),
    ),
  },
  { method: 'GET', path: open('/bans'), asks: 'person', ranked: true, reads: 'nothing' },
  {
    method: 'DELETE',
    path: (target) => open(`/bans/${target.banned.pubkey}`)(target),
    asks: 'key',
    ranked: true,
    reads: 'nothing',
  },
  {
    method: 'PUT',
    path: (target) => open(`/members/${target.attacker.pubkey}`)(target),
    asks: 'person',
    ranked: true,
    reads: 'json',
  },
  {
    method: 'DELETE',
    path: (target) => open(`/members/${target.member.pubkey}`)(target),
    asks: 'person',
    ranked: true,
    reads: 'nothing',
  },
  { method: 'GET', path: open('/invites'), asks: 'person', ranked: true, reads: 'nothing' },
  { method: 'POST', path: open('/invites'), asks: 'person', ranked: true, reads: 'json' },
  {
    method: 'DELETE',
    path: (target) => open(`/invites/${target.invite}`)(target),
    asks: 'person',
    ranked: true,
    reads: 'nothing',
  },
  {
    method: 'POST',
    path: open('/restart'),
    body: () => ({ relays }),
    asks: 'key',
    ranked: true,
    reads: 'schema',
    wrong: fc.record({ relays: notRelays }),
  },
  {
    method: 'POST',
    path: ({ nests: { planned } }) => `${nests}/${planned}/start`,
    asks: 'person',
    elsewhere: true,
    reads: 'json',
  },
  {
    method: 'POST',
    path: ({ nests: { ended } }) => `${nests}/${ended}/restart`,
    asks: 'key',
    elsewhere: true,
    reads: 'nothing',
  },
  { method: 'DELETE', path: open(''), asks: 'key', ranked: true, reads: 'nothing' },
  { method: 'GET', path: open('/info'), asks: 'anyone', reads: 'nothing' },
  { method: 'GET', path: open('/events'), asks: 'anyone', reads: 'nothing' },
  { method: 'GET', path: open('/diagnostics'), asks: 'anyone', reads: 'nothing' },
];

/** The body of an operation as bytes; nothing where it has none. */
export function bodyOf(operation: Operation, target: Target): Uint8Array | undefined {
  const body = operation.body?.(target);
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
}

/** One of the operations that satisfy a condition. */
export function anyOperation(suits: (operation: Operation) => boolean = () => true): fc.Arbitrary<Operation> {
  return fc.constantFrom(...OPERATIONS.filter(suits));
}
