import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Author, now, relayForTest, type RawClient } from './raw-client.ts';

let home: Awaited<ReturnType<typeof relayForTest>>;
let client: RawClient;
let time = Date.now();

beforeAll(async () => {
  home = await relayForTest({ now: () => time });
  client = await home.client();
});
afterAll(() => home.stop());

const ids = (events: { id: string }[]) => events.map(({ id }) => id);

describe('replaceable and addressable events', () => {
  test.each([0, 3, 10_002, 19_999])('of kind %i only the newest stays', async (kind) => {
    const author = new Author();
    const [old, young] = [author.sign({ kind, created_at: now() - 50 }), author.sign({ kind })];
    await client.publish(old);
    await client.publish(young);
    expect(await client.ask('newest', { authors: [author.pubkey] })).toEqual([young]);
    const [accepted, reason] = await client.publish(author.sign({ kind, created_at: now() - 20 }));
    expect([accepted, reason.split(':')[0]]).toEqual([false, 'duplicate']);
    expect(await client.ask('newest', { authors: [author.pubkey] })).toEqual([young]);
  });

  test('kind 30312 is kept per author and d; a missing d is an empty one', async () => {
    const [ann, ben] = [new Author(), new Author()];
    const nest = (author: Author, d: string | null, created_at: number) =>
      author.sign({
        kind: 30312,
        created_at,
        tags:
          d === null
            ? []
            : [
                ['d', d],
                ['x', d],
              ],
      });
    const at = now();
    const kept = [nest(ann, 'one', at), nest(ann, 'two', at - 1), nest(ben, 'one', at - 2)];
    await client.publish(nest(ann, 'one', at - 100));
    for (const event of kept) await client.publish(event);
    expect(ids(await client.ask('d', { '#d': ['one', 'two'], kinds: [30312] }))).toEqual(ids(kept));
    await client.publish(nest(ann, null, at - 9));
    await client.publish(nest(ann, '', at - 8));
    expect(await client.ask('d', { authors: [ann.pubkey], until: at - 8 })).toHaveLength(1);
    expect(await client.ask('index', { '#x': ['one'] })).toHaveLength(2);
  });

  test('of two of the same second the lower id stays, in whichever order they come', async () => {
    for (const reverse of [false, true]) {
      const author = new Author();
      const at = now();
      const pair = ['a', 'b', 'c'].map((content) => author.sign({ kind: 0, content, created_at: at }));
      pair.sort((a, b) => (a.id < b.id ? -1 : 1));
      for (const event of reverse ? [...pair].reverse() : pair) await client.publish(event);
      expect(await client.ask('tie', { authors: [author.pubkey] })).toEqual(pair.slice(0, 1));
    }
  });
});

describe('deletion (NIP-09)', () => {
  test('an author deletes their own events by id, and they stay deleted', async () => {
    const author = new Author();
    const [note, other] = [author.sign({ content: 'oops' }), author.sign({ content: 'fine' })];
    await client.publish(note);
    await client.publish(other);
    const request = author.sign({ kind: 5, tags: [['e', note.id]] });
    expect((await client.publish(request))[0]).toBe(true);
    expect(ids(await client.ask('left', { authors: [author.pubkey] })).sort()).toEqual(
      ids([other, request]).sort(),
    );
    const [accepted, reason] = await client.publish(note);
    expect([accepted, reason.split(':')[0]]).toEqual([false, 'blocked']);
    expect(await client.ask('gone', { ids: [note.id] })).toEqual([]);
  });

  test('a deletion that comes before its event holds too', async () => {
    const author = new Author();
    const note = author.sign({ content: 'late' });
    await client.publish(author.sign({ kind: 5, tags: [['e', note.id]] }));
    expect((await client.publish(note))[0]).toBe(false);
  });

  test("nobody deletes another's event, by id or by address", async () => {
    const [owner, thief] = [new Author(), new Author()];
    const note = owner.sign({});
    const nest = owner.sign({ kind: 30312, tags: [['d', 'mine']] });
    await client.publish(note);
    await client.publish(nest);
    await client.publish(
      thief.sign({
        kind: 5,
        tags: [
          ['e', note.id],
          ['a', `30312:${owner.pubkey}:mine`],
        ],
      }),
    );
    expect(ids(await client.ask('still', { authors: [owner.pubkey] })).sort()).toEqual(
      ids([note, nest]).sort(),
    );
    const again = owner.sign({ kind: 30312, tags: [['d', 'mine']], created_at: now() + 1 });
    expect((await client.publish(again))[0]).toBe(true);
  });

  test('an address is deleted up to the time of the request, not beyond', async () => {
    const author = new Author();
    const nest = (created_at: number) => author.sign({ kind: 30312, created_at, tags: [['d', 'n']] });
    const at = now() - 100;
    await client.publish(nest(at));
    await client.publish(
      author.sign({ kind: 5, created_at: at + 10, tags: [['a', `30312:${author.pubkey}:n`]] }),
    );
    expect(await client.ask('d', { authors: [author.pubkey], kinds: [30312] })).toEqual([]);
    expect((await client.publish(nest(at + 5)))[0]).toBe(false);
    expect((await client.publish(nest(at + 11)))[0]).toBe(true);
  });

  test('a deletion cannot be deleted', async () => {
    const author = new Author();
    const note = author.sign({});
    const request = author.sign({ kind: 5, tags: [['e', note.id]] });
    await client.publish(request);
    await client.publish(author.sign({ kind: 5, tags: [['e', request.id]], content: 'undo' }));
    expect(await client.ask('kept', { ids: [request.id] })).toEqual([request]);
    expect((await client.publish(note))[0]).toBe(false);
  });
});

describe('expiration (NIP-40)', () => {
  test('an event that has expired is refused; one that expires later is gone then', async () => {
    const author = new Author();
    const at = Math.floor(time / 1000);
    const past = author.sign({ tags: [['expiration', String(at - 1)]] });
    expect((await client.publish(past))[1]).toMatch(/^invalid: /);
    const soon = author.sign({ tags: [['expiration', String(at + 100)]] });
    const odd = author.sign({ tags: [['expiration', 'never']] });
    expect(await client.publish(soon)).toEqual([true, '']);
    expect(await client.publish(odd)).toEqual([true, '']);
    expect(await client.ask('now', { authors: [author.pubkey] })).toHaveLength(2);
    time += 200_000;
    expect(ids(await client.ask('later', { authors: [author.pubkey] }))).toEqual([odd.id]);
  });
});
