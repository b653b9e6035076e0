import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Author, now, relayForTest, type RawClient } from './raw-client.ts';

let home: Awaited<ReturnType<typeof relayForTest>>;
let client: RawClient;

beforeAll(async () => {
  home = await relayForTest();
  client = await home.client();
});
afterAll(() => home.stop());

const ids = (events: { id: string }[]) => events.map(({ id }) => id);

describe('publishing', () => {
  test('a signed event is accepted, kept, and given out as it came', async () => {
    const event = new Author().sign({ content: 'good evening', tags: [['t', 'nests', 'more'], ['t']] });
    expect(await client.publish(event)).toEqual([true, '']);
    expect(await client.ask('one', { ids: [event.id] })).toEqual([event]);
  });

  test('the same event again is accepted as a duplicate and kept once', async () => {
    const event = new Author().sign({});
    await client.publish(event);
    const [accepted, reason] = await client.publish(event);
    expect(accepted).toBe(true);
    expect(reason).toMatch(/^duplicate: /);
    expect(await client.ask('dup', { ids: [event.id] })).toHaveLength(1);
  });

  test('a changed content, a foreign signature and a key off the curve are refused', async () => {
    const event = new Author().sign({ content: 'mine' });
    const forged = [
      { ...event, content: 'not mine' },
      { ...event, sig: new Author().sign({ content: 'mine' }).sig },
      { ...event, pubkey: 'f'.repeat(64) },
      { ...event, id: '0'.repeat(64) },
    ];
    for (const attempt of forged) {
      const [accepted, reason] = await client.publish(attempt);
      expect(accepted).toBe(false);
      expect(reason).toMatch(/^invalid: /);
    }
    expect(await client.ask('forged', { ids: ids(forged) })).toEqual([]);
  });

  test('an event from the far future is refused, one from a slightly fast clock is not', async () => {
    const author = new Author();
    expect((await client.publish(author.sign({ created_at: now() + 5000 })))[1]).toMatch(/^invalid: /);
    expect((await client.publish(author.sign({ created_at: now() + 60 })))[0]).toBe(true);
  });

  test('an event over 64 KiB is refused and the connection lives on', async () => {
    const [accepted, reason] = await client.publish(new Author().sign({ content: 'x'.repeat(70_000) }));
    expect(accepted).toBe(false);
    expect(reason).toMatch(/^invalid: /);
    expect((await client.publish(new Author().sign({ content: 'x'.repeat(60_000) })))[0]).toBe(true);
  });
});

describe('asking', () => {
  test('every field narrows the answer, and several fields must all hold', async () => {
    const [ann, ben] = [new Author(), new Author()];
    const at = now() - 1000;
    const [a1, a2, b1] = [
      ann.sign({ kind: 1, created_at: at, tags: [['t', 'tea']] }),
      ann.sign({
        kind: 1311,
        created_at: at + 10,
        tags: [
          ['t', 'tea'],
          ['p', ben.pubkey],
        ],
      }),
      ben.sign({ kind: 1, created_at: at + 20, tags: [['t', 'coffee']] }),
    ];
    for (const event of [a1, a2, b1]) await client.publish(event);
    const people = [ann.pubkey, ben.pubkey];
    const answers: [object, { id: string }[]][] = [
      [{ authors: people }, [b1, a2, a1]],
      [{ authors: [ann.pubkey] }, [a2, a1]],
      [{ authors: people, kinds: [1] }, [b1, a1]],
      [{ authors: people, kinds: [1, 1311], '#t': ['tea'] }, [a2, a1]],
      [{ '#t': ['tea', 'coffee'], authors: people }, [b1, a2, a1]],
      [{ '#t': ['tea'], '#p': [ben.pubkey] }, [a2]],
      [{ authors: people, since: at + 10 }, [b1, a2]],
      [{ authors: people, until: at + 10 }, [a2, a1]],
      [{ authors: people, since: at + 1, until: at + 19 }, [a2]],
      [{ ids: [a1.id, b1.id] }, [b1, a1]],
      [{ ids: [a1.id, b1.id], authors: [ben.pubkey] }, [b1]],
      [{ authors: people, limit: 2 }, [b1, a2]],
      [{ authors: people, limit: 0 }, []],
      [{ '#t': ['tea'], authors: people, limit: 1 }, [a2]],
      [{ authors: people, '#t': ['te'] }, []],
      [{ authors: [] }, []],
      [{ kinds: [], authors: people }, []],
      [{ '#t': [], authors: people }, []],
    ];
    for (const [filter, expected] of answers) {
      expect([filter, ids(await client.ask('narrow', filter))]).toEqual([filter, ids(expected)]);
    }
  });

  test('newest comes first; of one second, the lower id', async () => {
    const author = new Author();
    const at = now() - 500;
    const events = [0, 0, 0, 5, 5, 9].map((later, index) =>
      author.sign({ created_at: at + later, content: String(index) }),
    );
    for (const event of events) await client.publish(event);
    const expected = [...events].sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
    expect(ids(await client.ask('order', { authors: [author.pubkey] }))).toEqual(ids(expected));
    expect(ids(await client.ask('order', { authors: [author.pubkey], limit: 4 }))).toEqual(
      ids(expected.slice(0, 4)),
    );
  });

  test('several filters are joined by or, and an event both match comes once', async () => {
    const author = new Author();
    const [note, chat] = [author.sign({ kind: 1 }), author.sign({ kind: 1311 })];
    await client.publish(note);
    await client.publish(chat);
    const found = await client.ask('or', { ids: [note.id] }, { authors: [author.pubkey] });
    expect(ids(found).sort()).toEqual(ids([note, chat]).sort());
  });

  test('values that differ only by a NUL or a lone surrogate are different', async () => {
    const author = new Author();
    const odd = ['a', 'a\u0000b', 'a\u0000c', '"', '%', 'ä', '🪹'];
    const events = odd.map((value) => author.sign({ tags: [['x', value]] }));
    for (const event of events) expect((await client.publish(event))[0]).toBe(true);
    for (const [index, value] of odd.entries()) {
      expect(ids(await client.ask('odd', { '#x': [value], authors: [author.pubkey] }))).toEqual([
        events[index]?.id,
      ]);
    }
  });

  test('a filter of the wrong shape is answered by CLOSED invalid', async () => {
    const wrong: unknown[] = [
      'text',
      null,
      [],
      { ids: 'abc' },
      { ids: ['abc'] },
      { ids: ['A'.repeat(64)] },
      { authors: [1] },
      { kinds: ['1'] },
      { kinds: [1.5] },
      { kinds: [-1] },
      { since: '1' },
      { until: 1.5 },
      { limit: -1 },
      { '#t': 'tea' },
      { '#t': [1] },
      { '#tea': ['x'] },
      { ids: Array.from({ length: 1001 }, () => 'a'.repeat(64)) },
    ];
    for (const filter of wrong) {
      client.send(['REQ', 'wrong', filter]);
      const [verb, id, reason] = await client.next();
      expect([filter, verb, id]).toEqual([filter, 'CLOSED', 'wrong']);
      expect(reason).toMatch(/^invalid: /);
    }
    client.send(['REQ', 'many', ...Array.from({ length: 11 }, () => ({}))]);
    expect((await client.next())[0]).toBe('CLOSED');
    client.send(['REQ', 'none']);
    expect((await client.next())[0]).toBe('CLOSED');
  });

  test('fields of other NIPs do no harm', async () => {
    const event = new Author().sign({});
    await client.publish(event);
    expect(await client.ask('search', { ids: [event.id], search: 'x', cache: [1] })).toHaveLength(1);
  });
});

describe('listening', () => {
  test('events after EOSE arrive live, to every subscription they match and to no other', async () => {
    const [listener, speaker] = [await home.client(), await home.client()];
    const author = new Author();
    await listener.ask('author', { authors: [author.pubkey], limit: 0 });
    await listener.ask('tag', { '#a': ['30312:x:y'] }, { kinds: [1311] });
    await listener.ask('else', { kinds: [7] });
    const event = author.sign({ kind: 1311, tags: [['a', '30312:x:y']] });
    await speaker.publish(event);
    const got = [await listener.next(), await listener.next()];
    expect(got.map(([, name]) => name).sort()).toEqual(['author', 'tag']);
    // Whatever was sent before this answer has arrived with it.
    await listener.ask('last', { ids: [] });
    expect(listener.unread).toEqual([]);
  });

  test('CLOSE ends a subscription; a REQ of the same name replaces it', async () => {
    const [listener, speaker] = [await home.client(), await home.client()];
    const author = new Author();
    await listener.ask('a', { authors: [author.pubkey] });
    await listener.ask('a', { kinds: [30_000] });
    await listener.ask('b', { authors: [author.pubkey] });
    listener.send(['CLOSE', 'b']);
    await listener.ask('last', { ids: [] });
    await speaker.publish(author.sign({}));
    await listener.ask('last', { ids: [] });
    expect(listener.unread).toEqual([]);
  });

  test('ephemeral events are passed on and not kept', async () => {
    const [listener, speaker] = [await home.client(), await home.client()];
    const event = new Author().sign({ kind: 20_001 });
    await listener.ask('live', { kinds: [20_001] });
    expect(await speaker.publish(event)).toEqual([true, '']);
    expect((await listener.next())[2]).toEqual(event);
    expect(await speaker.ask('kept', { ids: [event.id] })).toEqual([]);
  });

  test('the filters of a subscription do not expire with a limit', async () => {
    const [listener, speaker] = [await home.client(), await home.client()];
    const author = new Author();
    await listener.ask('few', { authors: [author.pubkey], limit: 1 });
    for (const content of ['1', '2', '3']) await speaker.publish(author.sign({ content }));
    for (const content of ['1', '2', '3']) {
      expect(await listener.next()).toMatchObject(['EVENT', 'few', { content }]);
    }
  });
});
