import type { NostrEvent } from '@nests/protocol/event';
import fc from 'fast-check';
import { finalizeEvent, generateSecretKey, getEventHash, verifyEvent as pureVerify } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { eventHash, verifyEvent } from './verify.ts';

const key = generateSecretKey();
/** Without nostr-tools' own mark on events that it verified once. */
const plain = ({ id, pubkey, created_at, kind, tags, content, sig }: NostrEvent): NostrEvent => ({
  ...{ id, pubkey, created_at, kind, tags, content, sig },
});
const signed = (content: string, tags: string[][] = []): NostrEvent =>
  plain(finalizeEvent({ kind: 27_235, created_at: 1_800_000_000, tags, content }, key));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constant('\u2028\u0000\b"\\ \ud83d\ude00'),
);

describe('the check of events', () => {
  it('agrees with nostr-tools about ids and genuine signatures, whatever is written', () => {
    fc.assert(
      fc.property(text, fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 3 }), (content, tags) => {
        const event = signed(content, tags);
        expect(eventHash(event).toString('hex')).toBe(getEventHash(event));
        expect(verifyEvent(event)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('agrees with nostr-tools about events that were touched', () => {
    const event = signed('hello', [['u', 'https://nests.example/']]);
    const fields = ['id', 'pubkey', 'sig'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.nat(127),
        fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 a b c d e f'.split(' ')),
        (field, at, digit) => {
          const place = at % event[field].length;
          const value = event[field].slice(0, place) + digit + event[field].slice(place + 1);
          fc.pre(value !== event[field]);
          const touched = { ...event, [field]: value };
          expect(verifyEvent(touched)).toBe(false);
          expect(pureVerify(plain(touched))).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
    expect(verifyEvent({ ...event, content: 'hello!' })).toBe(false);
    expect(verifyEvent({ ...event, created_at: event.created_at + 1 })).toBe(false);
    expect(verifyEvent({ ...event, tags: [] })).toBe(false);
  });

  it('does not take another event of the same author for this one', () => {
    const [one, two] = [signed('one'), signed('two')];
    expect(verifyEvent({ ...one, sig: two.sig })).toBe(false);
    expect(verifyEvent({ ...one, id: two.id, sig: two.sig })).toBe(false);
  });

  it('says no, without throwing, to values outside the curve and to other spellings', () => {
    const event = signed('hello');
    const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
    const field = 'fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f';
    const bad: Partial<NostrEvent>[] = [
      { pubkey: '0'.repeat(64) },
      { pubkey: field },
      { pubkey: event.pubkey.toUpperCase() },
      { pubkey: '' },
      { sig: '' },
      { sig: event.sig.toUpperCase() },
      { sig: '0'.repeat(128) },
      { sig: event.sig.slice(0, 64) + order },
      { sig: field + event.sig.slice(64) },
      { sig: `${event.sig}00` },
    ];
    for (const change of bad) {
      const changed = { ...event, ...change };
      const rightId = { ...changed, id: eventHash(changed).toString('hex') };
      expect(verifyEvent(changed), JSON.stringify(change)).toBe(false);
      expect(verifyEvent(rightId), JSON.stringify(change)).toBe(false);
    }
  });
});
