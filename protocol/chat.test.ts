import fc from 'fast-check';
import { neventEncode, npubEncode } from 'nostr-tools/nip19';
import { describe, expect, it } from 'vitest';
import { CHAT_MAX_BYTES, isSendable, makeChatMessage, readChatMessage } from './chat.ts';
import vectors from './chat.vectors.json' with { type: 'json' };
import type { EventTemplate, NostrEvent } from './event.ts';

const pubkey = 'cd'.repeat(32);
const id = 'ef'.repeat(32);
const address = { host: 'ab'.repeat(32), d: 'room' };
const now = 1_784_000_000;
const asEvent = (template: EventTemplate): NostrEvent => ({ ...template, pubkey, id, sig: '' });

describe('a message', () => {
  it('is read back as it was written, whatever its text', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(texts, (text) => {
        const message = readChatMessage(asEvent(makeChatMessage(text, address, now)));
        expect(message).toEqual({
          id,
          pubkey,
          address,
          text: text.trim(),
          createdAt: now,
          quotes: [],
          mentions: [],
        });
      }),
    );
  });

  it('answers another and tells its author', () => {
    const parent = { id: '12'.repeat(32), pubkey: '34'.repeat(32) };
    const template = makeChatMessage('yes', { ...address, relays: ['wss://a.example'] }, now, parent);
    expect(template.tags).toEqual([
      ['a', `30312:${address.host}:room`, 'wss://a.example', 'root'],
      ['e', parent.id, 'wss://a.example', 'reply', parent.pubkey],
      ['p', parent.pubkey],
    ]);
    expect(readChatMessage(asEvent(template))).toMatchObject({
      replyTo: parent.id,
      mentions: [parent.pubkey],
    });
  });

  it('names the people and events it refers to, each once', () => {
    const text = `see nostr:${neventEncode({ id })} by nostr:${npubEncode(pubkey)}, nostr:${npubEncode(pubkey)}`;
    const message = readChatMessage(asEvent(makeChatMessage(text, address, now)));
    expect(message).toMatchObject({ quotes: [id], mentions: [pubkey] });
  });

  it('refers to nobody by a broken reference', () => {
    const { tags } = makeChatMessage(`nostr:npub1${'q'.repeat(58)}`, address, now);
    expect(tags).toHaveLength(1);
  });

  it('has a size, counted in bytes', () => {
    expect(isSendable('é'.repeat(CHAT_MAX_BYTES / 2))).toBe(true);
    expect(isSendable(`${'é'.repeat(CHAT_MAX_BYTES / 2)}x`)).toBe(false);
    expect(isSendable('  \n ')).toBe(false);
    const tooLong = asEvent({
      ...makeChatMessage('x', address, now),
      content: 'x'.repeat(CHAT_MAX_BYTES + 1),
    });
    expect(readChatMessage(tooLong)).toBeNull();
  });

  it.each(vectors.read)('by another client is read: $name', ({ tags, content, expected }) => {
    expect(readChatMessage(asEvent({ kind: 1311, created_at: now, tags, content }))).toMatchObject(expected);
  });

  it.each(vectors.refused)('is none: $name', ({ kind, tags, content }) => {
    expect(readChatMessage(asEvent({ kind, created_at: now, tags, content }))).toBeNull();
  });
});
