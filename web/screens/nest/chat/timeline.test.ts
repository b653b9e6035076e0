import type { ChatMessage } from '@nests/protocol/chat';
import { expect, test } from 'vitest';
import { timeline, unreadSince } from './timeline.ts';

function message(
  id: string,
  pubkey: string,
  createdAt: number,
  more: Partial<ChatMessage> = {},
): ChatMessage {
  return {
    id,
    pubkey,
    createdAt,
    text: id,
    address: { host: 'host', d: 'nest' },
    quotes: [],
    mentions: [],
    ...more,
  };
}

test('messages and lines stand in the order of their times', () => {
  const entries = timeline(
    [message('one', 'a', 10), message('two', 'b', 30)],
    [
      { id: 'opened', at: 5_000, what: 'opened', pubkey: 'a' },
      { id: 'hand', at: 20_000, what: 'raised', pubkey: 'b' },
    ],
  );
  expect(entries.map(({ id }) => id)).toEqual(['opened', 'one', 'hand', 'two']);
});

test('what somebody says in one go stands under one name; a pause, an answer or a line starts anew', () => {
  const entries = timeline(
    [
      message('one', 'a', 0),
      message('two', 'a', 60),
      message('three', 'a', 1000),
      message('four', 'a', 1001, { replyTo: 'one' }),
      message('five', 'a', 1100),
      message('six', 'b', 1101),
    ],
    [{ id: 'hand', at: 1_050_000, what: 'raised', pubkey: 'b' }],
  );
  const first = entries.flatMap((entry) => (entry.type === 'message' && entry.first ? [entry.id] : []));
  expect(first).toEqual(['one', 'three', 'four', 'five', 'six']);
});

test('unread counts what others wrote since', () => {
  const messages = [message('old', 'a', 1), message('new', 'a', 20), message('mine', 'me', 21)];
  expect(unreadSince(messages, 10_000, 'me')).toBe(1);
  expect(unreadSince(messages, 0, null)).toBe(3);
});
