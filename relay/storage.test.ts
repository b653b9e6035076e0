import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFilter, matches } from './filters.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Author, now } from './raw-client.ts';
import { Storage } from './storage.ts';
import { Subscriptions } from './subscriptions.ts';

const bounds = { rows: 500, bytes: 1e9, now: now() };
const everything = [{ tags: new Map<string, string[]>() }];

test('what has expired is cleared from the disk, and nothing else is', () => {
  const storage = new Storage(':memory:');
  const author = new Author();
  const expiring = (at: number) => author.sign({ tags: [['expiration', String(at)]] });
  const [early, late, never] = [expiring(now() + 10), expiring(now() + 100), author.sign({})];
  storage.add([early, late, never]);
  storage.removeExpired(now() + 50);
  const left = storage.find(everything, bounds).map(({ id }) => id);
  expect(left.sort()).toEqual([late.id, never.id].sort());
  storage.close();
});

test('a reply is cut after the newest events that fit', () => {
  const storage = new Storage(':memory:');
  const author = new Author();
  const events = [1, 2, 3, 4].map((n) => author.sign({ created_at: n, content: 'x'.repeat(1000) }));
  storage.add(events);
  const found = storage.find(everything, { ...bounds, bytes: 3000 });
  expect(found.map(({ createdAt }) => createdAt)).toEqual([4, 3]);
  expect(storage.find(everything, { ...bounds, bytes: 10 })).toHaveLength(1);
  storage.close();
});

test('a reply is measured in bytes, over all its filters', () => {
  const storage = new Storage(':memory:');
  const authors = [new Author(), new Author()];
  const events = authors.map((author, n) => author.sign({ created_at: n, content: 'ü'.repeat(1000) }));
  storage.add(events);
  const filters = authors.map(({ pubkey }) => ({ authors: [pubkey], tags: new Map<string, string[]>() }));
  const size = Buffer.byteLength(JSON.stringify(events[0]));
  expect(storage.find(filters, { ...bounds, bytes: 2 * size })).toHaveLength(2);
  expect(storage.find(filters, { ...bounds, bytes: 2 * size - 1 }).map(({ id }) => id)).toEqual([
    events[1]?.id,
  ]);
  storage.close();
});

/** Few enough values that filters and events often meet. */
const authors = [new Author(), new Author()];
const kinds = [1, 7, 1311];
const values = ['a', 'b', 'ü\u0000'];
const someEvents = fc.array(
  fc.record({
    author: fc.constantFrom(...authors),
    kind: fc.constantFrom(...kinds),
    created_at: fc.integer({ min: 1, max: 6 }),
    tags: fc.array(fc.tuple(fc.constantFrom('t', 'p', 'tt'), fc.constantFrom(...values)), { maxLength: 3 }),
  }),
  { maxLength: 12 },
);
const listOf = <T>(items: T[]) => fc.subarray(items);
const someFilter = fc.record(
  {
    authors: listOf(authors.map(({ pubkey }) => pubkey)),
    kinds: listOf(kinds),
    since: fc.integer({ min: 0, max: 7 }),
    until: fc.integer({ min: 0, max: 7 }),
    '#t': listOf(values),
    '#p': listOf(values),
  },
  { requiredKeys: [] },
);

test('the database, the subscriptions and the plain definition agree on what a filter matches', () => {
  fc.assert(
    fc.property(someEvents, fc.array(someFilter, { minLength: 1, maxLength: 3 }), (templates, inputs) => {
      const events = templates.map(({ author, ...template }, index) =>
        author.sign({ ...template, content: String(index) }),
      );
      const filters = inputs.map((input) => parseFilter(input, DEFAULT_LIMITS));
      const expected = events
        .filter((event) => filters.some((filter) => matches(filter, event)))
        .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));

      const storage = new Storage(':memory:');
      storage.add(events);
      const stored = storage.find(filters, bounds);
      storage.close();
      expect(stored.map(({ json }) => JSON.parse(json) as unknown)).toEqual(expected);

      const live: string[] = [];
      const listener = { deliver: (_name: string, json: string) => live.push(json) };
      const subscriptions = new Subscriptions();
      subscriptions.add(listener, 'sub', filters);
      for (const event of events) subscriptions.deliver(event);
      expect(live.sort()).toEqual(expected.map((event) => JSON.stringify(event)).sort());
      subscriptions.removeAll(listener);
      for (const event of events) subscriptions.deliver(event);
      expect(live).toHaveLength(expected.length);
    }),
    { numRuns: 60 },
  );
});
