/** Chat in a nest (kind 1311, NIP-53). */
import { decodeNote, decodeNpub, formatAddress, parseAddress, type NestAddress } from './address.ts';
import { isHex64, tagValue, type EventTemplate, type NostrEvent } from './event.ts';

export const CHAT_KIND = 1311;
/** The longest message, in bytes of UTF-8. */
export const CHAT_MAX_BYTES = 8 * 1024;

/** A message as it can be shown: `text` is plain text, whatever it looks like. */
export interface ChatMessage {
  id: string;
  pubkey: string;
  address: NestAddress;
  text: string;
  /** Unix seconds, as its author claims. */
  createdAt: number;
  /** The id of the message this one answers. */
  replyTo?: string;
  /** Ids of events it quotes. */
  quotes: string[];
  /** Public keys it mentions. */
  mentions: string[];
}

const REFERENCE = /nostr:(?:npub|nprofile|note|nevent)1[02-9ac-hj-np-z]{20,500}/g;
const encoder = new TextEncoder();

/** True when a text can be sent as one message: not blank, not over {@link CHAT_MAX_BYTES}. */
export function isSendable(text: string): boolean {
  return text.trim() !== '' && encoder.encode(text.trim()).length <= CHAT_MAX_BYTES;
}

/** The event of a message, to be signed. `now` unix seconds; `replyTo` is the message answered. Blank edges go. */
export function makeChatMessage(
  text: string,
  address: NestAddress,
  now: number,
  replyTo?: { id: string; pubkey: string },
): EventTemplate {
  const content = text.trim();
  const relay = address.relays?.[0] ?? '';
  const references = content.match(REFERENCE) ?? [];
  const quotes = references.map(decodeNote).filter((id) => id !== null);
  const mentions = references.map(decodeNpub).filter((pubkey) => pubkey !== null);
  if (replyTo !== undefined) mentions.push(replyTo.pubkey);
  return {
    kind: CHAT_KIND,
    created_at: now,
    tags: [
      ['a', formatAddress(address), relay, 'root'],
      ...(replyTo === undefined ? [] : [['e', replyTo.id, relay, 'reply', replyTo.pubkey]]),
      ...[...new Set(quotes)].map((id) => ['q', id]),
      ...[...new Set(mentions)].map((pubkey) => ['p', pubkey]),
    ],
    content,
  };
}

/** Reads a message; null when it is none, blank, too long, or not for a nest. Never throws. */
export function readChatMessage(event: NostrEvent): ChatMessage | null {
  if (event.kind !== CHAT_KIND || !isSendable(event.content)) return null;
  const a = event.tags.find((tag) => tag[0] === 'a');
  const address = parseAddress(a?.[1] ?? '', a?.[2]);
  if (address === null) return null;
  const replyTo = tagValue(event, 'e');
  return {
    id: event.id,
    pubkey: event.pubkey,
    address,
    text: event.content.trim(),
    createdAt: event.created_at,
    ...(isHex64(replyTo) ? { replyTo } : {}),
    quotes: hexValues(event, 'q'),
    mentions: hexValues(event, 'p'),
  };
}

function hexValues(event: NostrEvent, name: string): string[] {
  return event.tags.flatMap((tag) => (tag[0] === name && isHex64(tag[1]) ? [tag[1]] : [])).slice(0, 50);
}
