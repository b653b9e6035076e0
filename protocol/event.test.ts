import fc from 'fast-check';
import { finalizeEvent, generateSecretKey, getEventHash, getPublicKey } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { eventId, MAX_EVENT_CHARACTERS, parseEvent, tagValue, type NostrEvent } from './event.ts';
import vectors from './event.vectors.json' with { type: 'json' };

const template = fc.record({
  kind: fc.nat(65_535),
  created_at: fc.nat(),
  tags: fc.array(fc.array(fc.string({ unit: 'grapheme' })), { maxLength: 5 }),
  content: fc.string({ unit: 'binary' }),
});

describe('an event from outside', () => {
  it.each(vectors.valid)('is read: $name', ({ event }) => {
    expect(parseEvent(event)).toEqual(event);
  });

  it.each(vectors.invalid)('is refused: $name', ({ event }) => {
    expect(parseEvent(event)).toBeNull();
  });

  it('loses everything that is not of an event', () => {
    const event = vectors.valid[0]!.event;
    expect(parseEvent({ ...event, __proto__: { evil: true }, relay: 'x' })).toEqual(event);
  });

  it('is refused when it is too large, in content, in tags or in both', () => {
    const event = vectors.valid[0]!.event;
    const half = 'x'.repeat(MAX_EVENT_CHARACTERS / 2);
    expect(parseEvent({ ...event, content: half, tags: [] })).not.toBeNull();
    expect(parseEvent({ ...event, content: half, tags: [[half]] })).toBeNull();
    expect(parseEvent({ ...event, content: `${half}${half}x`, tags: [] })).toBeNull();
    expect(parseEvent({ ...event, content: '', tags: Array.from({ length: 20_000 }, () => []) })).toBeNull();
  });

  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(parseEvent(input)).toBeNull();
      }),
    );
  });

  it('survives the round through JSON unchanged', () => {
    const secret = generateSecretKey();
    fc.assert(
      fc.property(template, (made) => {
        const event = JSON.parse(JSON.stringify(finalizeEvent({ ...made }, secret))) as NostrEvent;
        expect(parseEvent(event)).toEqual(event);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the id of an event', () => {
  it('is what nostr-tools says, too', () => {
    const pubkey = getPublicKey(generateSecretKey());
    fc.assert(
      fc.property(template, (made) => {
        expect(eventId({ ...made, pubkey })).toBe(getEventHash({ ...made, pubkey }));
      }),
    );
  });
});

describe('a tag', () => {
  it('gives its first value, and the first tag of a name counts', () => {
    const event = { tags: [[], ['a'], ['b', '1', '2'], ['b', '3']] };
    expect(tagValue(event, 'b')).toBe('1');
    expect(tagValue(event, 'a')).toBeUndefined();
    expect(tagValue(event, 'c')).toBeUndefined();
  });
});
