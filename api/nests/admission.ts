import type { ErrorCode } from '@nests/protocol/errors';
import { identityPubkey, isGuestIdentity } from '@nests/protocol/identity';
import { may, roleOf, type Action, type Role } from '@nests/protocol/roles';
import { NestError } from './errors.ts';
import type { NestRecord } from './record.ts';
import type { Actor } from './use-cases.ts';

/** Why this key may not be inside, or null. */
export function whyNotPerson(record: NestRecord, pubkey: string): ErrorCode | null {
  if (record.bans.some((ban) => ban.pubkey === pubkey)) return 'banned';
  if (record.access === 'invite' && !isInvited(record, pubkey)) return 'invite_only';
  return null;
}

/** Why guests may not be inside, or null. An invitation is for keys: a guest cannot be told from another guest. */
export function whyNotGuest(record: NestRecord): ErrorCode | null {
  if (record.access === 'invite') return 'invite_only';
  return record.guests ? null : 'no_guests';
}

/** Why this LiveKit identity may not be inside, or null. Identities that are not ours are nobody's business. */
export function whyNotIdentity(record: NestRecord, identity: string): ErrorCode | null {
  if (record.removedGuests.includes(identity)) return 'removed';
  const pubkey = identityPubkey(identity);
  if (pubkey !== null) return whyNotPerson(record, pubkey);
  return isGuestIdentity(identity) ? whyNotGuest(record) : null;
}

/** May this key enter an invite-only nest? */
export function isInvited(record: NestRecord, pubkey: string): boolean {
  return (
    record.host === pubkey ||
    record.admins.includes(pubkey) ||
    record.speakers.includes(pubkey) ||
    record.members.includes(pubkey)
  );
}

/** May this caller see what an invite-only nest hides? */
export function maySee(record: NestRecord, actor: Actor | null): boolean {
  if (record.access === 'public') return true;
  return actor !== null && actor.pubkey !== null && whyNotPerson(record, actor.pubkey) === null;
}

/** The role of a target, which may be a key or a guest's identity. */
export function targetRole(record: NestRecord, participant: string): Role {
  return isGuestIdentity(participant) ? 'guest' : roleOf(record, participant);
}

/**
 * Lets the actor pass if their role permits the action on a target of that role.
 * @throws NestError `banned`, `removed`, `forbidden`
 */
export function demand(record: NestRecord, actor: Actor, action: Action, target?: Role): void {
  if (actor.identity !== undefined && record.removedGuests.includes(actor.identity)) {
    throw new NestError('removed');
  }
  if (actor.pubkey !== null && record.bans.some((ban) => ban.pubkey === actor.pubkey)) {
    throw new NestError('banned');
  }
  if (!may(roleOf(record, actor.pubkey), action, target)) throw new NestError('forbidden');
}
