import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeReaction, readReaction } from './emoji.ts';
import vectors from './emoji.vectors.json' with { type: 'json' };

const address = { host: 'ab'.repeat(32), d: 'room', relays: ['wss://a.example'] };
const event = (content: string, tags: string[][] = []) => ({
  kind: 7,
  content,
  tags,
  created_at: 5,
  pubkey: 'aa'.repeat(32),
  id: 'ee'.repeat(32),
  sig: '',
});

describe('a reaction', () => {
  it.each(vectors.shown)('is shown: $name', ({ content, tags, expected }) => {
    expect(readReaction(event(content, tags))).toMatchObject(expected);
  });

  it.each(vectors.ignored)('is ignored: $name', ({ content, tags }) => {
    expect(readReaction(event(content, tags))).toBeNull();
  });

  it('is read or ignored, but never throws, and is never more than an emoji', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.array(fc.array(fc.string()), { maxLength: 3 }),
        (content, tags) => {
          const reaction = readReaction(event(content, tags));
          expect(reaction === null || reaction.emoji.length <= 42).toBe(true);
        },
      ),
    );
  });

  it('to the nest names the nest and its host', () => {
    const { tags, content } = makeReaction('🔥', address, 5);
    expect(content).toBe('🔥');
    expect(tags).toEqual([
      ['a', `30312:${address.host}:room`, 'wss://a.example'],
      ['p', address.host],
    ]);
  });

  it('to a message names the message and its author', () => {
    const message = { id: 'cc'.repeat(32), pubkey: 'dd'.repeat(32) };
    const template = makeReaction('🔥', address, 5, message);
    expect(template.tags).toContainEqual(['e', message.id, 'wss://a.example', message.pubkey]);
    expect(template.tags).toContainEqual(['p', message.pubkey]);
    expect(readReaction({ ...event(''), ...template })).toMatchObject({ emoji: '🔥', messageId: message.id });
  });
});
