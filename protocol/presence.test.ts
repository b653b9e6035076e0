import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventTemplate, NostrEvent } from './event.ts';
import { makeLeaving, makePresence, PRESENCE_STALE_S, readPresence } from './presence.ts';
import vectors from './presence.vectors.json' with { type: 'json' };

const pubkey = 'cd'.repeat(32);
const address = { host: 'ab'.repeat(32), d: 'room' };
const now = 1_784_000_000;
const asEvent = (template: EventTemplate): NostrEvent => ({ ...template, pubkey, id: '', sig: '' });

describe('presence', () => {
  it('is read back as it was written', () => {
    const state = fc.record({
      hand: fc.boolean(),
      publishing: fc.boolean(),
      muted: fc.boolean(),
      onstage: fc.boolean(),
    });
    fc.assert(
      fc.property(state, (made) => {
        const presence = readPresence(asEvent(makePresence(address, made, now)), now);
        expect(presence).toEqual({ ...made, pubkey, address, createdAt: now });
      }),
    );
  });

  it('names the nest first, with a relay and as root', () => {
    const { tags } = makePresence({ ...address, relays: ['wss://a.example'] }, vectors.up, now);
    expect(tags[0]).toEqual(['a', `30312:${address.host}:room`, 'wss://a.example', 'root']);
  });

  it('goes stale', () => {
    const event = asEvent(makePresence(address, vectors.up, now));
    expect(readPresence(event, now + PRESENCE_STALE_S)).not.toBeNull();
    expect(readPresence(event, now + PRESENCE_STALE_S + 1)).toBeNull();
  });

  it('ends soon after somebody left, and nothing of theirs is up until then', () => {
    const event = asEvent(makeLeaving(address, now));
    expect(readPresence(event, now)).toMatchObject({ hand: false, publishing: false, onstage: false });
    expect(readPresence(event, now + 5)).toBeNull();
  });

  it.each(vectors.read)('by another client is read: $name', ({ tags, expected }) => {
    const event = asEvent({ kind: 10_312, created_at: now, tags, content: '' });
    expect(readPresence(event, now)).toMatchObject(expected);
  });

  it.each(vectors.refused)('is none: $name', ({ kind, tags }) => {
    expect(readPresence(asEvent({ kind, created_at: now, tags, content: '' }), now)).toBeNull();
  });
});
