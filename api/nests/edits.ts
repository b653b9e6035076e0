import { NestError } from './errors.ts';
import type { Edit } from './life.ts';
import type { Ban, Invite, NestRecord } from './record.ts';
import type { NestPatch } from './use-cases.ts';

/** How many removed identities a nest remembers. */
const REMEMBERED_REMOVALS = 500;
/** How many hands may be up at once; a queue longer than that helps nobody. */
const MOST_HANDS = 1_000;
/** How many invitations may be open at once. */
const MOST_INVITES = 100;
/*
 * The sealed record has to fit into LiveKit's room metadata (512 KiB), or the nest could never move again: with all of
 * these lists full it does.
 */
const MOST_SPEAKERS = 200;
const MOST_ADMINS = 100;
const MOST_MEMBERS = 3_000;
const MOST_BANS = 1_000;
/** How many bans keep their reason; of older ones only the fact counts. */
const MOST_REASONS = 100;

/** Puts a hand up, at the end of the queue; one that is up keeps its place. Who is on stage has no hand. */
export function raiseHand(pubkey: string, now: number): Edit {
  return (record) => {
    if (record.speakers.includes(pubkey) || record.hands.some((hand) => hand.pubkey === pubkey))
      return record;
    demandRoom(record.hands, 1, MOST_HANDS);
    // Two in the same millisecond, or a clock that went back, must not overtake.
    const since = Math.max(now, (record.hands.at(-1)?.since ?? 0) + 1);
    return { ...record, hands: [...record.hands, { pubkey, since }] };
  };
}

/** Takes hands down. */
export function lowerHands(pubkeys: ReadonlySet<string>): Edit {
  return (record) =>
    record.hands.some((hand) => pubkeys.has(hand.pubkey))
      ? { ...record, hands: record.hands.filter((hand) => !pubkeys.has(hand.pubkey)) }
      : record;
}

/**
 * Puts somebody on stage and takes their hand down.
 * @throws NestError `stage_full`, `banned`
 */
export function bringOnStage(pubkey: string): Edit {
  return (record) => {
    if (record.bans.some((ban) => ban.pubkey === pubkey)) throw new NestError('banned');
    const lowered = lowerHands(new Set([pubkey]))(record);
    if (record.speakers.includes(pubkey)) return lowered;
    if (record.speakers.length >= Math.min(record.stageLimit ?? MOST_SPEAKERS, MOST_SPEAKERS)) {
      throw new NestError('stage_full');
    }
    return { ...lowered, speakers: [...record.speakers, pubkey] };
  };
}

/** Takes somebody off the stage, or answers "not now" to their hand, which goes down; an admin stays an admin. */
export function takeOffStage(pubkey: string): Edit {
  return (record) => lowerHands(new Set([pubkey]))(withoutIn(record, 'speakers', pubkey));
}

/**
 * Makes somebody an admin, which is also a place on stage, or no longer.
 * @throws NestError `stage_full`, `banned`, `rate_limited` when there are too many
 */
export function setAdmin(pubkey: string, isAdmin: boolean): Edit {
  return (record) => {
    if (!isAdmin) return withoutIn(record, 'admins', pubkey);
    const staged = bringOnStage(pubkey)(record);
    if (record.admins.includes(pubkey)) return staged;
    demandRoom(record.admins, 1, MOST_ADMINS);
    return { ...staged, admins: [...record.admins, pubkey] };
  };
}

/** Remembers removed identities; whoever was removed leaves the stage, the queue and their office. */
export function removePerson(pubkey: string | null, identities: string[]): Edit {
  return (record) => {
    const bare = pubkey === null ? record : withoutPerson(record, pubkey);
    const fresh = identities.filter((identity) => !bare.removedGuests.includes(identity));
    if (fresh.length === 0) return bare;
    return { ...bare, removedGuests: [...bare.removedGuests, ...fresh].slice(-REMEMBERED_REMOVALS) };
  };
}

/**
 * Bans a key; a second ban of the same key changes nothing.
 * @throws NestError `rate_limited` when there are too many
 */
export function banPerson(ban: Ban): Edit {
  return (record) => {
    const bare = withoutIn(withoutPerson(record, ban.pubkey), 'members', ban.pubkey);
    if (bare.bans.some((known) => known.pubkey === ban.pubkey)) return bare;
    demandRoom(bare.bans, 1, MOST_BANS);
    return { ...bare, bans: withoutOldReasons([...bare.bans, ban]) };
  };
}

function withoutOldReasons(bans: Ban[]): Ban[] {
  let spare = bans.filter(({ reason }) => reason !== undefined).length - MOST_REASONS;
  if (spare <= 0) return bans;
  return bans.map((ban) => {
    if (ban.reason === undefined || spare-- <= 0) return ban;
    const { reason: _, ...bare } = ban;
    return bare;
  });
}

/** Lifts a ban. */
export function liftBan(pubkey: string): Edit {
  return (record) =>
    record.bans.some((ban) => ban.pubkey === pubkey)
      ? { ...record, bans: record.bans.filter((ban) => ban.pubkey !== pubkey) }
      : record;
}

/**
 * Lets somebody into an invite-only nest.
 * @throws NestError `rate_limited` when there are too many
 */
export function addMembers(pubkeys: string[]): Edit {
  return (record) => {
    const fresh = pubkeys.filter((pubkey) => !record.members.includes(pubkey));
    if (fresh.length === 0) return record;
    demandRoom(record.members, fresh.length, MOST_MEMBERS);
    return { ...record, members: [...record.members, ...fresh] };
  };
}

/**
 * Takes somebody from the members. Stage and office admit as well, so while the nest is invite-only they go with it; the
 * host alone always stays.
 */
export function removeMember(pubkey: string): Edit {
  return (record) => {
    const left = withoutIn(record, 'members', pubkey);
    return record.access === 'invite' && pubkey !== record.host ? withoutPerson(left, pubkey) : left;
  };
}

/**
 * Opens an invitation.
 * @throws NestError `rate_limited` when too many are open
 */
export function addInvite(invite: Invite): Edit {
  return (record) => {
    demandRoom(record.invites, 1, MOST_INVITES);
    return { ...record, invites: [...record.invites, invite] };
  };
}

/** Closes an invitation; who came by it stays a member. */
export function revokeInvite(id: string): Edit {
  return (record) =>
    record.invites.some((invite) => invite.id === id)
      ? { ...record, invites: record.invites.filter((invite) => invite.id !== id) }
      : record;
}

/**
 * Changes the options.
 * @throws NestError `already_started` when a nest that is not planned shall start at another time
 */
export function patchOptions(patch: NestPatch): Edit {
  return (record) => {
    if (patch.starts !== undefined && patch.starts !== record.starts && record.status !== 'planned') {
      throw new NestError('already_started');
    }
    const next: NestRecord = {
      ...record,
      relays: patch.relays ?? record.relays,
      hls_stream: patch.hls_stream ?? record.hls_stream,
      access: patch.access ?? record.access,
      guests: patch.guests ?? record.guests,
      ...(patch.starts === undefined ? {} : { starts: patch.starts }),
      ...(patch.stageLimit === undefined ? {} : { stageLimit: patch.stageLimit }),
      ...(patch.capacity === undefined ? {} : { capacity: patch.capacity }),
    };
    const keys = ['relays', 'hls_stream', 'access', 'guests', 'starts', 'stageLimit', 'capacity'] as const;
    return keys.some((key) => next[key] !== record[key]) ? next : record;
  };
}

/** Several edits as one. */
export function inOrder(...edits: Edit[]): Edit {
  return (record) => edits.reduce((result, edit) => edit(result), record);
}

/** @throws NestError `rate_limited` when a list would become longer than it may */
function demandRoom(list: readonly unknown[], more: number, most: number): void {
  if (list.length + more > most) throw new NestError('rate_limited');
}

function withoutPerson(record: NestRecord, pubkey: string): NestRecord {
  const offStage = withoutIn(withoutIn(record, 'speakers', pubkey), 'admins', pubkey);
  return lowerHands(new Set([pubkey]))(offStage);
}

function withoutIn(record: NestRecord, list: 'speakers' | 'admins' | 'members', pubkey: string): NestRecord {
  return record[list].includes(pubkey)
    ? { ...record, [list]: record[list].filter((entry) => entry !== pubkey) }
    : record;
}
