import type { FeedEvent } from '@nests/protocol/api';
import type { NestRecord, Standing } from './record.ts';

/** The store cannot answer. Never the same as "not there": callers answer 503. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

/** The store was emptied and is being filled again; a few seconds. Callers answer 503 `recovering`. */
export class StoreRecovering extends StoreUnavailable {
  override name = 'StoreRecovering';
}

/** LiveKit cannot answer (transport, timeout, 5xx, wrong keys). Never the same as "not there". */
export class MediaUnavailable extends Error {
  override name = 'MediaUnavailable';
}

/** What a rate limit says to one attempt. */
export interface HitResult {
  allowed: boolean;
  /** ms until the next attempt can succeed; 0 when allowed */
  retryAfterMs: number;
}

/** A nest that somebody made in place of a missing one. */
export interface Succession {
  oldId: string;
  /** hex pubkey of who made it */
  requester: string;
  newId: string;
}

/**
 * Where nests are kept. Every method throws StoreUnavailable when the store cannot answer; a write that threw may or
 * may not have happened. Reading and writing is atomic per nest across all replicas. Nothing is cached: other
 * processes may write and delete at any time.
 */
export interface NestStore {
  get(id: string): Promise<NestRecord | undefined>;
  /**
   * Compare and set: writes only if the stored record's rev is `expectedRev` (null: only if there is none), and says
   * whether it wrote. `record.rev` is `expectedRev + 1`, or at least 1 where `expectedRev` is null.
   */
  put(record: NestRecord, expectedRev: number | null): Promise<boolean>;
  /** Deletes the record if its rev is still `expectedRev`, and says whether it did. */
  drop(id: string, expectedRev: number): Promise<boolean>;
  /** Every planned and active nest. */
  active(): Promise<NestRecord[]>;
  /** Every nest, tombstones included: for export, and for filling an emptied store from a replica's shadow. */
  all(): Promise<NestRecord[]>;
  /** Forgets what has expired at `now` (ms): tombstones above all. Says how many nests it forgot. */
  purge(now: number): Promise<number>;
  /** The nest this requester made in place of the missing `oldId`, if any. */
  successor(oldId: string, requester: string): Promise<string | undefined>;
  /** Remembers `newId` as successor unless there is one already; answers the winner's id. */
  claimSuccessor(oldId: string, requester: string, newId: string): Promise<string>;
  /** Every pair that `successor` answers: for export, and for filling an emptied store. */
  successors(): Promise<Succession[]>;
  /** True for the first use of `key` within `ttlMs`, across replicas (NIP-98 replay). */
  useOnce(key: string, ttlMs: number): Promise<boolean>;
  /** Counts one attempt against at most `limit` per `windowMs`. */
  hit(bucket: string, limit: number, windowMs: number): Promise<HitResult>;
  /** Takes or renews a lease: true while `holder` has it, false while another one does. */
  lease(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** The store's random epoch; undefined after it was emptied. */
  epoch(): Promise<string | undefined>;
  setEpoch(epoch: string): Promise<void>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A LiveKit room as LiveKit lists it. */
export interface MediaRoom {
  name: string;
  /** LiveKit's own id of this one room; two rooms of one name have different sids */
  sid: string;
  /** visible participants; may lag by a few seconds */
  participants: number;
  metadata: string;
  /** ms */
  createdAt: number;
}

/** Somebody in a LiveKit room. */
export interface MediaParticipant {
  identity: string;
  sid: string;
  state: 'joining' | 'joined' | 'active' | 'disconnected';
  /** ms */
  joinedAt: number;
  /** `role` and `pubkey`, as the server set them */
  attributes: Record<string, string>;
  canPublish: boolean;
  publishing: { sid: string; source: string; muted: boolean }[];
  /** the recorder: never counted, never shown */
  hidden: boolean;
}

/** What a token is made of. */
export interface TokenRequest extends Standing {
  room: string;
  identity: string;
  /** lifetime in seconds */
  ttlS: number;
}

/** What a LiveKit room is made with. */
export interface RoomOptions {
  metadata: string;
  maxParticipants: number;
  /** how long LiveKit keeps it when nobody enters, in seconds; the adapter's choice when left out */
  emptyTimeoutS?: number;
}

/**
 * The SFU. Booleans: false means that LiveKit answered "not found". Every method throws MediaUnavailable on transport
 * errors, timeouts and 5xx.
 */
export interface MediaServer {
  /** Makes the room; a live room of that name is answered unchanged. */
  createRoom(name: string, options: RoomOptions): Promise<MediaRoom>;
  /** All rooms, or those of the given names that exist. */
  rooms(names?: string[]): Promise<MediaRoom[]>;
  /**
   * Who is in a room; a missing room has nobody.
   * @param patienceMs how long the silence of whoever may hold an unlisted room has to last before it is a missing one
   */
  participants(room: string, patienceMs?: number): Promise<MediaParticipant[]>;
  setMetadata(room: string, metadata: string): Promise<boolean>;
  deleteRoom(room: string): Promise<boolean>;
  /** Sets attributes and the complete permission object of one participant (LiveKit replaces it as a whole). */
  setRole(room: string, identity: string, standing: Standing): Promise<boolean>;
  /** Mutes the microphones this participant publishes; answers how many were not muted before. */
  muteMicrophone(room: string, identity: string): Promise<number>;
  remove(room: string, identity: string): Promise<boolean>;
  /** Sends the event as a data packet without a sender, topic `nests`, to everybody in the room. Missing room: nothing. */
  send(room: string, event: FeedEvent): Promise<void>;
  /** Makes a token; the caller checks that it is a string. */
  token(request: TokenRequest): Promise<string>;
  /** Resolves when LiveKit answers with our keys. */
  ping(): Promise<void>;
}

/** What happened to a nest, to whoever listens, on every replica. Publishing never throws and never waits. */
export interface Feed {
  publish(nestId: string, event: FeedEvent, rev: number): void;
  subscribe(nestId: string, listener: (event: FeedEvent, rev: number) => void): () => void;
}

/** Time. */
export interface Clock {
  /** ms since 1970 */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Names that nobody can guess. */
export interface Ids {
  /** a version 4 UUID */
  uuid(): string;
  /** at least 64 random bits, URL-safe */
  random(): string;
}

/** Keeps a record inside LiveKit's room metadata, readable and writable by nobody else. */
export interface Seal {
  /** The room metadata: JSON `{rev, sealed}`. */
  close(record: NestRecord): string;
  /** The record, or null when the metadata is not ours. */
  open(metadata: string): NestRecord | null;
}

/** Structured log lines; never a token, never a key. */
export interface Log {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
  debug(message: string, fields?: object): void;
}
