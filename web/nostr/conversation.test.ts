import { makeChatMessage } from '@nests/protocol/chat';
import type { NostrEvent } from '@nests/protocol/event';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAT_SHOWN, conversation, freshReactions } from './conversation.ts';
import { makeReaction, REACTION_SHOWN_MS } from './emoji.ts';

const address = { host: 'ab'.repeat(32), d: 'room' };
const anna = 'aa'.repeat(32);
const ben = 'bb'.repeat(32);
const now = 1_784_000_000;
let count = 0;
const nextId = (): string => (++count).toString(16).padStart(64, '0');

function said(text: string, by = anna, at = now, where = address): NostrEvent {
  return { ...makeChatMessage(text, where, at), pubkey: by, id: nextId(), sig: '' };
}
const texts = (events: NostrEvent[]): string[] => conversation(events, address, now).map(({ text }) => text);

describe('the chat', () => {
  it('is in the order in which it was said, whatever order it came in', () => {
    const events = [said('one', anna, now - 3), said('two', ben, now - 2), said('three', anna, now - 1)];
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: 3 }), (shuffled) => {
        expect(texts(shuffled)).toEqual(['one', 'two', 'three']);
      }),
    );
  });

  it('has an answer after what it answers, even within the same second', () => {
    const question = { ...said('question'), id: 'f'.repeat(64) };
    const answer = { ...said('answer', ben), tags: [...question.tags, ['e', question.id]] };
    const reply = { ...said('and so on'), tags: [...question.tags, ['e', answer.id]] };
    expect(texts([reply, answer, question, said('before', anna, now - 1)])).toEqual([
      'before',
      'question',
      'answer',
      'and so on',
    ]);
  });

  it('has each message once, however often it came', () => {
    const event = said('once');
    expect(texts([event, { ...event }, event])).toEqual(['once']);
  });

  it('shows three messages of a second and author, the same three to everybody', () => {
    const flood = Array.from({ length: 10 }, (_, index) => said(`${index}`));
    const shown = texts([...flood].reverse());
    expect(shown).toEqual(['0', '1', '2']);
    expect(texts([...flood, said('me, too', ben), said('later', anna, now + 1)])).toEqual([
      ...shown,
      'me, too',
      'later',
    ]);
  });

  it('leaves out what is from far ahead, of another nest, or no message', () => {
    const odd = { ...said('x'), kind: 1 };
    expect(
      texts([said('future', anna, now + 3_600), said('there', anna, now, { ...address, d: 'y' }), odd]),
    ).toEqual([]);
  });

  it('shows the newest when there are too many', () => {
    const events = Array.from({ length: CHAT_SHOWN + 10 }, (_, index) =>
      said(`${index}`, anna, now - 1_000 + index),
    );
    expect(texts(events)).toHaveLength(CHAT_SHOWN);
    expect(texts(events).at(-1)).toBe(`${CHAT_SHOWN + 9}`);
  });
});

describe('reactions', () => {
  const ms = now * 1000;
  const reacted = (emoji: string, at = now): NostrEvent => ({
    ...makeReaction(emoji, address, at),
    pubkey: anna,
    id: nextId(),
    sig: '',
  });

  it('are shown for ten seconds from when they were first seen here', () => {
    const seenAt = new Map<string, number>();
    const events = [reacted('👏')];
    expect(freshReactions(events, seenAt, ms)).toMatchObject({
      shown: [{ emoji: '👏' }],
      nextChangeMs: REACTION_SHOWN_MS,
    });
    expect(freshReactions(events, seenAt, ms + 9_000).nextChangeMs).toBe(1_000);
    expect(freshReactions(events, seenAt, ms + REACTION_SHOWN_MS)).toEqual({
      shown: [],
      nextChangeMs: undefined,
    });
  });

  it('look again when the first of them goes', () => {
    const seenAt = new Map<string, number>();
    const first = reacted('👏');
    freshReactions([first], seenAt, ms);
    expect(freshReactions([first, reacted('🔥')], seenAt, ms + 4_000).nextChangeMs).toBe(6_000);
  });

  it('are history after half a minute, even when they have only just arrived, and nonsense from ahead', () => {
    const old = [reacted('👏', now - 31), reacted('👏', now + 31), reacted('some words')];
    expect(freshReactions(old, new Map(), ms).shown).toEqual([]);
  });
});
