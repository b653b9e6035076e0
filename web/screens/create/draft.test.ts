import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyValues } from '../../nostr/storage.ts';
import {
  dropDraft,
  emptyDraft,
  formOf,
  hashtagsOf,
  hasRoomForRelay,
  keepDraft,
  problemsOf,
  readDraft,
  relayOf,
  type Draft,
} from './draft.ts';

const relays = ['wss://one.example'];
const NOW = Date.parse('2026-03-10T20:00');
const draft = (more: Partial<Draft> = {}): Draft => ({
  ...emptyDraft(relays),
  title: 'Slow mornings',
  ...more,
});

describe('the draft of a nest', () => {
  it('comes back after a reload exactly as it was typed', () => {
    const typed = fc.record<Draft>({
      title: fc.string(),
      summary: fc.string(),
      color: fc.string(),
      image: fc.string(),
      hashtags: fc.string(),
      when: fc.constantFrom('now', 'later'),
      starts: fc.string(),
      relays: fc.array(fc.string(), { minLength: 1 }),
      access: fc.constantFrom('public', 'invite'),
      guests: fc.boolean(),
    });
    fc.assert(
      fc.property(typed, (one) => {
        const tab = keyValues();
        keepDraft(tab, one);
        expect(readDraft(tab, relays)).toEqual(one);
      }),
    );
  });

  it('starts empty again once the nest exists', () => {
    const tab = keyValues();
    keepDraft(tab, draft());
    dropDraft(tab);
    expect(readDraft(tab, relays)).toEqual(emptyDraft(relays));
  });

  it.each(['{', '[]', 'null', '{"title":3,"relays":[7]}'])(
    'does not stumble over %s in the memory',
    (text) => {
      expect(readDraft({ get: () => text }, relays)).toEqual(emptyDraft(relays));
    },
  );
});

describe('checking a draft', () => {
  it('finds nothing wrong with a title and a relay', () => {
    expect(problemsOf(draft(), NOW)).toEqual({});
  });

  it('names each field that is wrong', () => {
    const wrong = draft({
      title: ' ',
      image: 'javascript:alert(1)',
      hashtags: 'a b c d e f g h i',
      relays: [],
    });
    expect(problemsOf(wrong, NOW)).toEqual({
      title: 'create:titleMissing',
      image: 'create:imageBad',
      hashtags: 'create:hashtagsTooMany',
      relays: 'create:relaysMissing',
    });
  });

  it('wants a time in the future for later, and none for now', () => {
    const later = (starts: string) => problemsOf(draft({ when: 'later', starts }), NOW).starts;
    expect(later('')).toBe('create:startsMissing');
    expect(later('2026-03-10T19:59')).toBe('create:startsPast');
    expect(later('2026-03-10T20:01')).toBeUndefined();
    expect(problemsOf(draft({ when: 'now', starts: '2020-01-01T00:00' }), NOW)).toEqual({});
  });
});

describe('what was typed', () => {
  it('becomes hashtags however they are separated', () => {
    expect(hashtagsOf(' #Coffee, relays #coffee  Café ')).toEqual(['coffee', 'relays', 'café']);
    expect(hashtagsOf(' , # ')).toEqual([]);
  });

  it.each([
    ['relay.example', 'wss://relay.example'],
    [' wss://Relay.Example/ ', 'wss://relay.example'],
    ['localhost:5545', 'ws://localhost:5545'],
    ['ws://relay.example', null],
    ['https://relay.example', null],
    ['just words', null],
    ['', null],
  ])('%j becomes the relay %j', (text, relay) => expect(relayOf(text)).toBe(relay));

  it('leaves out of the form what is empty, and keeps a time only for later', () => {
    expect(formOf(draft({ starts: '2026-03-10T21:00' }))).toEqual({
      title: 'Slow mornings',
      hashtags: [],
      relays,
      hlsStream: false,
      access: 'public',
      guests: true,
    });
    expect(formOf(draft({ when: 'later', starts: '2026-03-10T21:00' })).starts).toBe(NOW / 1000 + 3600);
  });

  it('allows ten relays', () => {
    expect(hasRoomForRelay(draft({ relays: Array.from({ length: 9 }, String) }))).toBe(true);
    expect(hasRoomForRelay(draft({ relays: Array.from({ length: 10 }, String) }))).toBe(false);
  });
});
