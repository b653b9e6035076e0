import { SESSION_LIFE_MS, Sessions } from '../http/sessions.ts';
import { personIdentity } from '@nests/protocol/identity';
import fc from 'fast-check';
import { attack, type Attack, type Plan } from './attack.ts';
import { anyOperation, bodyOf, type Operation } from './operations.ts';
import type { Target } from './target.ts';

const INVALID = ['session_invalid'];

/** What sessions of the open nest are good for. */
const bySession = anyOperation(({ asks, elsewhere }) => asks !== 'key' && !elsewhere);
const byKeyOnly = anyOperation(({ asks }) => asks === 'key');
const ranked = anyOperation(({ asks, ranked }) => ranked === true && asks === 'person');

function withSession(operation: Operation, target: Target, session: string, codes: readonly string[]): Plan {
  const body = bodyOf(operation, target);
  return {
    shots: [
      {
        method: operation.method,
        path: operation.path(target),
        headers: {
          authorization: `Bearer ${session}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(body.length) }),
        },
        ...(body === undefined ? {} : { body }),
      },
    ],
    codes,
  };
}

/** A session that is made of the host's and something generated. */
function forged<T>(
  kind: string,
  change: fc.Arbitrary<T>,
  forge: (target: Target, change: T) => string,
  codes: readonly string[] = INVALID,
): fc.Arbitrary<Attack> {
  return attack(
    `session ${kind}`,
    fc.record({ operation: bySession, change }),
    ({ operation, change }, target) => withSession(operation, target, forge(target, change), codes),
  );
}

const BASE64URL = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const letter = fc.constantFrom(...BASE64URL);
const word = fc.string({ unit: letter, minLength: 1, maxLength: 300 });

/** A session that the server itself would have signed, were it to say that. */
function issued(
  target: Target,
  { nestId = target.nests.open, signedAt = Date.now(), secret = target.secret, server = target.publicUrl },
): string {
  const identity = personIdentity(target.host.pubkey, 'forged');
  return new Sessions([secret], [server]).issue({ nestId, identity, signedAt });
}

function withMac(session: string, mac: string): string {
  return [...session.split('.').slice(0, 2), mac].join('.');
}

/** Sessions that are forged, altered, stolen, too old, or of people without the right. */
export const forgedSessions: fc.Arbitrary<Attack> = fc.oneof(
  forged('made up', fc.tuple(word, word), (_, [payload, mac]) => `n1.${payload}.${mac}`),
  forged(
    'that is none',
    fc.string({ unit: fc.constantFrom(...BASE64URL, '.', '!', '~', '='), minLength: 1 }),
    (_, text) => text,
  ),
  forged(
    'with a letter changed',
    fc.record({ at: fc.nat(), letter }),
    ({ sessions: { host } }, { at, letter }) => {
      const place = at % host.length;
      const changed = host[place] === letter ? (letter === 'A' ? 'B' : 'A') : letter;
      return host.slice(0, place) + changed + host.slice(place + 1);
    },
  ),
  forged('cut short', fc.nat(), ({ sessions: { host } }, at) => host.slice(0, 1 + (at % (host.length - 1)))),
  forged(
    'with more behind it',
    fc.constantFrom('=', '==', '.', '.x', 'A', '!', '%00', '.n1'),
    ({ sessions: { host } }, more) => host + more,
  ),
  forged(
    'of another version',
    fc.constantFrom('n0', 'n2', 'N1', '', 'n1.n1'),
    ({ sessions: { host } }, version) => host.replace(/^n1/, version),
  ),
  forged('signed with another secret', fc.string({ minLength: 1 }), (target, secret) =>
    issued(target, { secret }),
  ),
  forged('without a signature', fc.constantFrom('', 'AA', 'A'.repeat(43)), ({ sessions: { host } }, mac) =>
    withMac(host, mac),
  ),
  forged(
    'with the signature of another',
    fc.constantFrom('listener', 'guest', 'banned', 'closed'),
    (target, of) => withMac(target.sessions.host, target.sessions[of as 'guest'].split('.')[2] ?? ''),
  ),
  forged(
    'of another server',
    fc.constantFrom('https://evil.example', '', 'http://localhost'),
    (target, server) => issued(target, { server }),
  ),
  forged('of another nest', fc.constantFrom('closed', 'planned', 'ended'), (target, nest) =>
    issued(target, { nestId: target.nests[nest as 'closed'] }),
  ),
  forged('stolen at another nest', fc.constant(null), ({ sessions: { closed } }) => closed),
  forged(
    'that is too old',
    fc.integer({ min: 1_000, max: 1e12 }),
    (target, late) => issued(target, { signedAt: Date.now() - SESSION_LIFE_MS - late }),
    ['session_expired'],
  ),
  attack('session where the key is asked', byKeyOnly, (operation, target) =>
    withSession(operation, target, target.sessions.host, ['key_required']),
  ),
  attack('session of a listener, for what hosts do', ranked, (operation, target) =>
    withSession(operation, target, target.sessions.listener, ['forbidden']),
  ),
  attack('session of a guest, for what hosts do', ranked, (operation, target) =>
    withSession(operation, target, target.sessions.guest, ['forbidden']),
  ),
  attack(
    'session of somebody who is banned',
    anyOperation(({ asks, elsewhere }) => !elsewhere && (asks === 'person' || asks === 'session')),
    (operation, target) => withSession(operation, target, target.sessions.banned, ['banned']),
  ),
  attack(
    'session of a guest who was removed',
    anyOperation(
      ({ asks, ranked, elsewhere }) => !elsewhere && !ranked && (asks === 'person' || asks === 'session'),
    ),
    (operation, target) => withSession(operation, target, target.sessions.removed, ['removed', 'forbidden']),
  ),
  attack('session twice in one header', bySession, (operation, target) =>
    withSession(operation, target, `${target.sessions.host} ${target.sessions.host}`, [
      'auth_scheme',
      'session_invalid',
    ]),
  ),
);
