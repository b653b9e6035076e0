import type { NestAddress } from '@nests/protocol/address';
import type { ChatMessage } from '@nests/protocol/chat';
import type { EventTemplate, NostrEvent, SignEvent } from '@nests/protocol/event';
import type { NestEvent } from '@nests/protocol/nest-event';
import type { PresenceState } from '@nests/protocol/presence';
import type { ReadableAtom } from 'nanostores';

/** What became of an event at one relay; `message` is the relay's own reason, or ours. */
export interface PublishResult {
  relay: string;
  ok: boolean;
  message?: string;
}

/** Who somebody says they are (kind 0): plain text, cut to size; `picture` an https address. */
export interface Profile {
  pubkey: string;
  name?: string;
  picture?: string;
  nip05?: string;
  about?: string;
}

/** Somebody's reaction to the nest, or to a message in it. */
export interface Reaction {
  id: string;
  pubkey: string;
  emoji: string;
  /** The picture of a custom emoji (NIP-30); `emoji` is its name then, in colons. */
  imageUrl?: string;
  /** Unix seconds. */
  createdAt: number;
  /** The id of the message it is for; otherwise it is for the nest. */
  messageId?: string;
}

/** How a relay stands; `failed` is tried again by itself. */
export type RelayState = 'connecting' | 'open' | 'failed';

/**
 * Everything the app reads from relays and writes to them. Every event that comes out has been verified, every wait
 * has an end, and nothing rejects but what must be signed (when the signer refuses): without any relay there is simply
 * nothing to see.
 * Atoms read from relays while somebody listens to them; the same arguments give the same atom.
 */
export interface NostrGateway {
  /** Sends an event to these relays. Resolves when each has answered or its time was over. */
  publish(event: NostrEvent, relays: readonly string[]): Promise<PublishResult[]>;
  /** A nest's event. undefined = still looking, null = no relay has it. */
  nest(address: NestAddress): ReadableAtom<NestEvent | null | undefined>;
  /** The newest copy that its relays have within the time. */
  latestNest(address: NestAddress, timeoutMs: number): Promise<NestEvent | null>;
  /** Every author's nest of that `d`, newest first. */
  nestsByD(d: string, timeoutMs: number): Promise<NestEvent[]>;
  /** Nests that are not closed, newest first. */
  announced(relays: readonly string[]): ReadableAtom<NestEvent[]>;
  /** The nest's chat, oldest first, at most three messages per second and author. */
  chat(address: NestAddress): ReadableAtom<ChatMessage[]>;
  /** The nest's reactions, each shown ten seconds. */
  reactions(address: NestAddress): ReadableAtom<Reaction[]>;
  profile(pubkey: string, relays?: readonly string[]): ReadableAtom<Profile | undefined>;
  /** Whom this key follows (kind 3), in hex; undefined while looking. */
  follows(pubkey: string): ReadableAtom<readonly string[] | undefined>;
  /** The relays in use, by address. */
  relayStates: ReadableAtom<Record<string, RelayState>>;
  /** Tries the relays that failed again at once. */
  retry(): void;
  /** Says something in the chat; at most once a second, a faster one waits its turn. True once a relay has it. */
  say(text: string, address: NestAddress, sign: SignEvent, replyTo?: ReplyTo): Promise<boolean>;
  /** Reacts to the nest, or to a message in it. True once a relay has it. */
  react(emoji: string, address: NestAddress, sign: SignEvent, message?: ReplyTo): Promise<boolean>;
  /** Tells other clients where one is and what one does there; null = gone. Never worth waiting for. */
  announcePresence(address: NestAddress, state: PresenceState | null, sign: SignEvent): Promise<boolean>;
  /** Publishes who one is. Only for keys that have no profile yet: it replaces whatever there was. */
  publishProfile(profile: { name: string; picture?: string }, sign: SignEvent): Promise<boolean>;
  /** Signs and sends anything else to these relays. True once one has it. */
  send(template: EventTemplate, sign: SignEvent, relays: readonly string[]): Promise<boolean>;
  /** Closes every connection; the gateway is of no use afterwards. */
  close(): void;
}

/** The message that is answered or reacted to. */
export interface ReplyTo {
  id: string;
  pubkey: string;
}
