/** Which of a nest's events are shown: pure, so that every client shows the same. */
import { formatAddress, type NestAddress } from '@nests/protocol/address';
import { readChatMessage, type ChatMessage } from '@nests/protocol/chat';
import type { NostrEvent } from '@nests/protocol/event';
import { readReaction, REACTION_FRESH_S, REACTION_SHOWN_MS } from './emoji.ts';
import type { Reaction } from './types.ts';

/** So many messages are kept to scroll back to. */
export const CHAT_SHOWN = 500;
const PER_AUTHOR_AND_SECOND = 3;
/** Clocks differ; a message from further ahead would stand below all others for as long. Seconds. */
const MAX_AHEAD_S = 120;

/** The messages of one nest: oldest first, each once, three per second and author. `now` unix seconds. */
export function conversation(events: Iterable<NostrEvent>, address: NestAddress, now: number): ChatMessage[] {
  const nest = formatAddress(address);
  const messages = new Map<string, ChatMessage>();
  for (const event of events) {
    if (event.created_at > now + MAX_AHEAD_S) continue;
    const message = readOnce(event);
    if (message !== null && formatAddress(message.address) === nest) messages.set(message.id, message);
  }
  return withoutFloods(inOrder(messages)).slice(-CHAT_SHOWN);
}

const alreadyRead = new WeakMap<NostrEvent, ChatMessage | null>();

/** The chat is put together again for every new message; the old ones need not be read again. */
function readOnce(event: NostrEvent): ChatMessage | null {
  const known = alreadyRead.get(event);
  if (known !== undefined) return known;
  const message = readChatMessage(event);
  alreadyRead.set(event, message);
  return message;
}

/** By time; within one second (they know no finer) answers after what they answer, and the rest by id. */
function inOrder(messages: ReadonlyMap<string, ChatMessage>): ChatMessage[] {
  const depth = ({ replyTo, createdAt }: ChatMessage): number => {
    const parent = replyTo === undefined ? undefined : messages.get(replyTo);
    return parent?.createdAt === createdAt ? depth(parent) + 1 : 0;
  };
  return [...messages.values()].sort(
    (a, b) => a.createdAt - b.createdAt || depth(a) - depth(b) || (a.id < b.id ? -1 : 1),
  );
}

function withoutFloods(messages: ChatMessage[]): ChatMessage[] {
  const counts = new Map<string, number>();
  return messages.filter(({ pubkey, createdAt }) => {
    const second = `${pubkey}:${createdAt}`;
    const count = (counts.get(second) ?? 0) + 1;
    counts.set(second, count);
    return count <= PER_AUTHOR_AND_SECOND;
  });
}

/** Reactions and when they were first seen here (ms): what is shown, and when to look again (ms from now). */
export function freshReactions(
  events: Iterable<NostrEvent>,
  seenAt: Map<string, number>,
  now: number,
): { shown: Reaction[]; nextChangeMs: number | undefined } {
  const shown: Reaction[] = [];
  let nextChangeMs: number | undefined;
  for (const event of events) {
    const age = now / 1000 - event.created_at;
    const reaction = Math.abs(age) <= REACTION_FRESH_S ? readReaction(event) : null;
    const firstSeen = seenAt.get(event.id) ?? now;
    const left = firstSeen + REACTION_SHOWN_MS - now;
    if (reaction === null || left <= 0) continue;
    seenAt.set(event.id, firstSeen);
    nextChangeMs = Math.min(nextChangeMs ?? left, left);
    shown.push(reaction);
  }
  shown.sort((a, b) => a.createdAt - b.createdAt);
  return { shown, nextChangeMs };
}
