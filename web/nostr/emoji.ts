import { formatAddress, type NestAddress } from '@nests/protocol/address';
import { isHex64, tagValue, type EventTemplate, type NostrEvent } from '@nests/protocol/event';
import { safeWebUrl } from '@nests/protocol/urls';
import type { Reaction, ReplyTo } from './types.ts';

export const REACTION_KIND = 7;
/** Reactions older than this are history, in seconds. */
export const REACTION_FRESH_S = 30;
/** How long a reaction is shown, in milliseconds. */
export const REACTION_SHOWN_MS = 10_000;

const SHORTCODE = /^:([A-Za-z0-9_-]{1,40}):$/;
/** One emoji may be many code points (families, flags); a sentence is none. */
const MAX_EMOJI = 24;

/** Reads a reaction (NIP-25); null for dislikes, for text, and for custom emoji without a picture. Never throws. */
export function readReaction(event: NostrEvent): Reaction | null {
  if (event.kind !== REACTION_KIND) return null;
  const content = event.content.trim();
  const messageId = tagValue(event, 'e');
  const reaction = {
    id: event.id,
    pubkey: event.pubkey,
    createdAt: event.created_at,
    ...(isHex64(messageId) ? { messageId } : {}),
  };
  if (content === '' || content === '+') return { ...reaction, emoji: '❤️' };
  const shortcode = SHORTCODE.exec(content)?.[1];
  if (shortcode === undefined) return isEmoji(content) ? { ...reaction, emoji: content } : null;
  const tag = event.tags.find(([name, code]) => name === 'emoji' && code === shortcode);
  const imageUrl = safeWebUrl(tag?.[2] ?? '');
  return imageUrl === null ? null : { ...reaction, emoji: content, imageUrl };
}

function isEmoji(text: string): boolean {
  return (
    text.length <= MAX_EMOJI &&
    /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text) &&
    !/\s/.test(text)
  );
}

/** The event of a reaction to the nest, or to a message in it. `now` unix seconds. */
export function makeReaction(
  emoji: string,
  address: NestAddress,
  now: number,
  message?: ReplyTo,
): EventTemplate {
  const relay = address.relays?.[0] ?? '';
  const target =
    message === undefined
      ? [['p', address.host]]
      : [
          ['e', message.id, relay, message.pubkey],
          ['p', message.pubkey],
        ];
  return {
    kind: REACTION_KIND,
    created_at: now,
    // Also for messages: it is by the nest that everybody in it finds the reaction.
    tags: [['a', formatAddress(address), relay], ...target],
    content: emoji,
  };
}
