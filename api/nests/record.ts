import type { Role } from '@nests/protocol/roles';

/** How long a nest outlives the last sign of life, and a planned one its starting time, in ms. */
export const LIFETIME_MS = 24 * 3_600_000;

/** How long an ended nest answers 410 before it is forgotten, in ms. */
export const TOMBSTONE_MS = 30 * 24 * 3_600_000;

/** Why a nest is moving to another LiveKit room. */
export type MoveReason = 'create' | 'start' | 'restart' | 'heal' | 'wiped' | 'idle' | 'ban';

/** Where a nest was before the move under way; a move that fails goes back there. */
export type MoveOrigin = 'new' | 'planned' | 'idle' | 'live' | 'ended';

/** A move that was intended and is not yet confirmed by LiveKit. */
export interface PendingMove {
  /** the number of the room to be made; never used again, also when this move fails */
  generation: number;
  /** when it was intended, ms */
  since: number;
  why: MoveReason;
  from: MoveOrigin;
}

/** A key that may not come back. It binds the key, not the human: guests have none. */
export interface Ban {
  pubkey: string;
  /** pubkey of who banned */
  by: string;
  /** ms */
  at: number;
  reason?: string;
  /** the nest has already moved once because this key came back with an old token */
  moved?: boolean;
}

/** A link secret for an invite-only nest; only its SHA-256 is kept. */
export interface Invite {
  id: string;
  /** SHA-256 of the secret, hex */
  hash: string;
  /** pubkey of who made it */
  by: string;
  /** ms */
  at: number;
}

/** A raised hand; the queue is ordered by the server's time. */
export interface Hand {
  pubkey: string;
  /** ms */
  since: number;
}

/** An old LiveKit room that is still to be deleted. */
export interface RetiredRoom {
  generation: number;
  /** when the nest left it, ms */
  at: number;
}

/**
 * Everything the server knows about one nest; what the store keeps under its id. Never changed in place: every
 * change is a new object with the next `rev`, written only if the stored `rev` is still the one it was read with.
 * Times are in ms, except `starts` (unix seconds, as in the Nostr event).
 */
export interface NestRecord {
  id: string;
  /** hex pubkey */
  host: string;
  /** hex pubkeys of those on stage: exactly they may publish; the host and admins start here */
  speakers: string[];
  /** hex pubkeys; the host is one */
  admins: string[];
  bans: Ban[];
  /** LiveKit identities that were removed (guests' and people's), newest last; they get no token again */
  removedGuests: string[];
  /** hex pubkeys that may enter while `access` is `invite` */
  members: string[];
  invites: Invite[];
  hands: Hand[];
  relays: string[];
  hls_stream: boolean;
  access: 'public' | 'invite';
  /** may people without a key listen? */
  guests: boolean;
  /** how many may be on stage; without it, any number */
  stageLimit?: number;
  /** how many may be inside; without it, the server's default */
  capacity?: number;
  createdAt: number;
  startedAt?: number;
  /** unix seconds */
  starts?: number;
  status: 'planned' | 'active' | 'ended';
  /** the confirmed LiveKit room's number; 0 before the first */
  generation: number;
  /** LiveKit's id of that room: a second one may be made under its name, see `isRoomOf` */
  roomSid?: string;
  /** the highest number ever intended; the next move takes the one after it */
  lastGeneration: number;
  pending?: PendingMove;
  /** confirmed: nobody is inside and LiveKit has no room; the next join makes one */
  idle: boolean;
  rev: number;
  /** the last restart by the host */
  restartedAt?: number;
  originalRoomId?: string;
  isRecreated?: boolean;
  /** somebody was inside, or acted on it; exact to ten minutes */
  lastAliveAt: number;
  endedAt?: number;
  retired: RetiredRoom[];
}

/** When the store may forget this record, in ms; the sweep forgets it then. */
export function expiresAt(record: NestRecord): number {
  if (record.status === 'ended') return (record.endedAt ?? record.lastAliveAt) + TOMBSTONE_MS;
  if (record.status === 'planned') {
    return Math.max(record.lastAliveAt, (record.starts ?? 0) * 1000) + LIFETIME_MS;
  }
  return record.lastAliveAt + LIFETIME_MS;
}

/**
 * Is this room of the record's name the one that was confirmed? Two replicas may finish one move, and should LiveKit lose
 * its rooms between their calls, the later call makes another room, whose people do not hear those in the first.
 */
export function isRoomOf({ roomSid }: NestRecord, { sid }: { sid: string }): boolean {
  return roomSid === undefined || roomSid === sid;
}

/** What LiveKit is told about one person. */
export interface Standing {
  role: Role;
  /** absent for guests */
  pubkey?: string;
  canPublish: boolean;
}
