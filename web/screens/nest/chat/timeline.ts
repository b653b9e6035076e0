import type { ChatMessage } from '@nests/protocol/chat';

/** Something that happened in the nest, told between the messages. */
export interface TimelineLine {
  id: string;
  /** ms */
  at: number;
  what: 'opened' | 'raised';
  /** Who did it. */
  pubkey: string;
}

/** One entry of the chat. */
export type TimelineEntry =
  /** `first` = shows face and name; the ones right after it by the same person do not. */
  | { type: 'message'; id: string; at: number; message: ChatMessage; first: boolean }
  | ({ type: 'line' } & TimelineLine);

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 4 * 60_000;

/** Messages and lines in the order of their times, messages of one person gathered. */
export function timeline(messages: readonly ChatMessage[], lines: readonly TimelineLine[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...messages.map((message) => ({
      type: 'message' as const,
      id: message.id,
      at: message.createdAt * 1000,
      message,
      first: true,
    })),
    ...lines.map((line) => ({ type: 'line' as const, ...line })),
  ].toSorted((a, b) => a.at - b.at);
  return entries.map((entry, index) => {
    const before = entries[index - 1];
    if (entry.type === 'line' || before?.type !== 'message') return entry;
    const together =
      before.message.pubkey === entry.message.pubkey &&
      entry.message.replyTo === undefined &&
      entry.at - before.at < TOGETHER_MS;
    return together ? { ...entry, first: false } : entry;
  });
}

/** How many messages of others came after `seen` (ms). */
export function unreadSince(messages: readonly ChatMessage[], seen: number, me: string | null): number {
  return messages.filter((message) => message.createdAt * 1000 > seen && message.pubkey !== me).length;
}
