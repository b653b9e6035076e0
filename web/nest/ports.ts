import type { SignEvent } from '@nests/protocol/event';

import type { NestsApi } from '../api/client.ts';
import type { Clock } from '../api/clock.ts';
import type { Media } from '../media/media-types.ts';
import type { NostrGateway } from '../nostr/index.ts';

/** The calls of the API that a nest's session makes. */
export type NestApi = Pick<
  NestsApi,
  | 'origin'
  | 'url'
  | 'health'
  | 'testToken'
  | 'create'
  | 'start'
  | 'patch'
  | 'join'
  | 'guest'
  | 'renew'
  | 'info'
  | 'successor'
  | 'hand'
  | 'permissions'
  | 'remove'
  | 'liftBan'
  | 'invite'
  | 'invites'
  | 'revokeInvite'
  | 'restart'
  | 'end'
  | 'diagnostics'
  | 'events'
>;

/** Who is signed in. */
export interface NestAccount {
  pubkey: string;
  sign: SignEvent;
}

/** What a session reads from and writes to Nostr. Every event that comes out of it has been verified. */
export type NestNostr = Pick<
  NostrGateway,
  'publish' | 'nest' | 'latestNest' | 'nestsByD' | 'say' | 'react' | 'announcePresence' | 'send'
>;

/** A small text store that may refuse (private windows do). */
export interface KeyValues {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** The browser around the session. */
export interface Surroundings {
  /** Lives as long as the tab. */
  tab: KeyValues;
  /** Lives in this browser. */
  browser: KeyValues;
  /** Put another path into the address bar without leaving the page. */
  replacePath(path: string): void;
  /** Called when the network is back. */
  onOnline(fn: () => void): () => void;
  /** One line for whoever looks for the cause. Never a token, never a key's secret. */
  log: (line: string, fields?: Record<string, unknown>) => void;
}

/** Everything a session stands on. */
export interface NestPorts {
  api: NestApi;
  nostr: NestNostr;
  /** Fetches the media code; asked for when a nest is opened, long before the click. */
  loadMedia(): Promise<Media>;
  account: NestAccount | null;
  clock: Clock;
  around: Surroundings;
  /** Relays used where nothing names others. */
  defaultRelays: readonly string[];
  /** The origin people share and events name as `service`. */
  publicUrl: string;
}
