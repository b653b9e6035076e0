/** Nostr events (NIP-01): their shape, their id, and the two ports (sign, verify) that others fill in. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** What a signer is asked to sign; `created_at` in unix seconds. */
export interface EventTemplate {
  kind: number;
  created_at: number;
  tags: string[][];
  content: string;
}

/** A template whose author is known, so that its id can be computed. */
export interface UnsignedEvent extends EventTemplate {
  pubkey: string;
}

/** A complete event as relays carry it; shape alone, nothing is verified by the type. */
export interface NostrEvent extends UnsignedEvent {
  id: string;
  sig: string;
}

/** Asks whoever holds the key; rejects when the person refuses. */
export type SignEvent = (template: EventTemplate) => Promise<NostrEvent>;

/** True only when the id is the hash of the event and the signature is the author's. Must not throw. */
export type VerifyEvent = (event: NostrEvent) => boolean;

/** Larger events are refused unread: characters of content plus tags. Long contact lists still fit. */
export const MAX_EVENT_CHARACTERS = 256 * 1024;
const MAX_TAGS = 10_000;

const HEX_64 = /^[0-9a-f]{64}$/;
const HEX_128 = /^[0-9a-f]{128}$/;

/** True for 64 lower-case hex digits: a public key, an event id, a SHA-256. */
export function isHex64(value: unknown): value is string {
  return typeof value === 'string' && HEX_64.test(value);
}

/**
 * Reads an event of unknown origin. Checks shape and size only (see {@link VerifyEvent} for the rest), copies the
 * seven fields and drops everything else. Returns null for anything that is not an event; never throws.
 */
export function parseEvent(input: unknown): NostrEvent | null {
  if (typeof input !== 'object' || input === null) return null;
  const { id, pubkey, created_at, kind, tags, content, sig } = input as Partial<
    Record<keyof NostrEvent, unknown>
  >;
  if (!isHex64(id) || !isHex64(pubkey)) return null;
  if (typeof sig !== 'string' || !HEX_128.test(sig)) return null;
  if (!isIntegerUpTo(kind, 65_535) || !isIntegerUpTo(created_at, Number.MAX_SAFE_INTEGER)) return null;
  if (typeof content !== 'string' || content.length > MAX_EVENT_CHARACTERS) return null;
  if (!areTags(tags, MAX_EVENT_CHARACTERS - content.length)) return null;
  return { id, pubkey, created_at, kind, tags, content, sig };
}

function isIntegerUpTo(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function areTags(value: unknown, maxCharacters: number): value is string[][] {
  if (!Array.isArray(value) || value.length > MAX_TAGS) return false;
  let characters = 0;
  for (const tag of value as unknown[]) {
    if (!Array.isArray(tag)) return false;
    for (const item of tag as unknown[]) {
      if (typeof item !== 'string') return false;
      characters += item.length + 1;
    }
    if (characters > maxCharacters) return false;
  }
  return true;
}

/** The id of an event: lower-case hex of the SHA-256 over its canonical serialisation (NIP-01). */
export function eventId(event: UnsignedEvent): string {
  const { pubkey, created_at, kind, tags, content } = event;
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([0, pubkey, created_at, kind, tags, content]))));
}

/** The first value of the first tag of that name, or undefined. */
export function tagValue(event: { tags: string[][] }, name: string): string | undefined {
  return event.tags.find((tag) => tag[0] === name)?.[1];
}
