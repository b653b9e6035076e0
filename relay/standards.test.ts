import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { Author, now, relayForTest } from './raw-client.ts';
import { Storage } from './storage.ts';

let home: Awaited<ReturnType<typeof relayForTest>> | undefined;
afterEach(() => home?.stop());

test('NIP-11: the relay says what it is, to any web page', async () => {
  home = await relayForTest();
  const address = home.relay.url.replace('ws:', 'http:');
  const reply = await fetch(address, { headers: { accept: 'application/nostr+json' } });
  expect(reply.headers.get('content-type')).toBe('application/nostr+json');
  expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  expect(await reply.json()).toMatchObject({
    supported_nips: [1, 9, 11, 40],
    limitation: { auth_required: false, max_subscriptions: 64 },
  });
  expect((await fetch(address, { method: 'OPTIONS' })).status).toBe(204);
  expect(await (await fetch(address)).text()).toContain('relay');
  expect((await fetch(`${address}/health`)).status).toBe(200);
  expect((await fetch(`${address}/other`)).status).toBe(404);
  expect((await fetch(address, { method: 'POST' })).status).toBe(405);
});

test('NIP-42: where it is asked for, nobody reads or writes before they have shown who they are', async () => {
  home = await relayForTest({ authUrl: 'wss://relay.example/' });
  const client = await home.client();
  const [verb, challenge] = await client.next();
  expect(verb).toBe('AUTH');
  const address = home.relay.url.replace('ws:', 'http:');
  const information = await fetch(address, { headers: { accept: 'application/nostr+json' } });
  expect(await information.json()).toMatchObject({ supported_nips: [1, 9, 11, 40, 42, 70] });
  const author = new Author();
  expect((await client.publish(author.sign({})))[1]).toMatch(/^auth-required: /);
  await expect(client.ask('x', {})).rejects.toThrow(/^auth-required: /);

  const answer = (tags: string[][], template = {}) =>
    author.sign({ kind: 22242, tags, created_at: now(), ...template });
  const right = [
    ['relay', 'wss://relay.example'],
    ['challenge', String(challenge)],
  ];
  const wrong = [
    answer([]),
    answer([
      ['relay', 'wss://relay.example'],
      ['challenge', 'other'],
    ]),
    answer([['relay', 'wss://evil.example'], right[1] ?? []]),
    answer(right, { kind: 1 }),
    answer(right, { created_at: now() - 3600 }),
    { ...answer(right), sig: '0'.repeat(128) },
  ];
  for (const event of wrong) {
    client.send(['AUTH', event]);
    expect(await client.next()).toMatchObject(['OK', event.id, false, expect.stringMatching(/^invalid: /)]);
  }
  const good = answer(right);
  client.send(['AUTH', good]);
  expect(await client.next()).toEqual(['OK', good.id, true, '']);
  expect(await client.publish(author.sign({}))).toEqual([true, '']);
  expect(await client.ask('x', { authors: [author.pubkey] })).toHaveLength(1);
});

test('NIP-70: a protected event is taken from its author only', async () => {
  home = await relayForTest({ authUrl: 'wss://relay.example/' });
  const client = await home.client();
  const [, challenge] = await client.next();
  const [author, other] = [new Author(), new Author()];
  const tags = [
    ['relay', 'wss://relay.example'],
    ['challenge', String(challenge)],
  ];
  client.send(['AUTH', author.sign({ kind: 22242, tags })]);
  await client.next();
  expect(await client.publish(author.sign({ tags: [['-']] }))).toEqual([true, '']);
  const reply = await client.publish(other.sign({ tags: [['-']] }));
  expect(reply).toEqual([false, expect.stringMatching(/^auth-required: /)]);
});

test('NIP-70: where nobody is asked who they are, a protected event is taken from nobody', async () => {
  home = await relayForTest();
  const client = await home.client();
  const reply = await client.publish(new Author().sign({ tags: [['-']] }));
  expect(reply).toEqual([false, expect.stringMatching(/^restricted: /)]);
});

test('NIP-01: a request that is refused closes the subscription of that name', async () => {
  let time = Date.now();
  home = await relayForTest({ now: () => time, limits: { requestsPerSecond: 1, requestBurst: 2 } });
  const [client, author] = [await home.client(), new Author()];
  const ask = (...filters: object[]) => client.ask('live', ...filters);
  const publish = () => client.publish(author.sign({ content: String(Math.random()) }));
  const refusals = [
    () => expect(ask({ kinds: 'all' })).rejects.toThrow(/^invalid: /),
    () => expect(ask()).rejects.toThrow(/^invalid: /),
    async () => {
      await client.ask('other', { ids: [] });
      await expect(ask({ authors: [author.pubkey] })).rejects.toThrow(/^rate-limited: /);
    },
  ];
  for (const refuse of refusals) {
    time += 10_000;
    await ask({ authors: [author.pubkey] });
    await publish();
    await client.next(([verb, name]) => verb === 'EVENT' && name === 'live');
    await refuse();
    await publish();
    // Answers come in order: with this one, all that was to come is here.
    client.send('');
    await client.next(([verb]) => verb === 'NOTICE');
    expect(client.unread).toEqual([]);
  }
});

test('an address that is none is told at the start, and so is a database that cannot be', async () => {
  await expect(relayForTest({ authUrl: 'relay.example' })).rejects.toThrow('relay.example is no URL');
  await expect(relayForTest({ database: '/dev/null/relay.db' })).rejects.toThrow(
    'the database /dev/null/relay.db cannot be opened: ',
  );
});

test('the health is bad while the disk refuses every event', async () => {
  home = await relayForTest();
  const health = async () => (await fetch(`${home?.relay.url.replace('ws:', 'http:')}/health`)).status;
  const add = vi.spyOn(Storage.prototype, 'add').mockImplementation(() => {
    throw new Error('disk full');
  });
  onTestFinished(() => add.mockRestore());
  const client = await home.client();
  expect(await client.publish(new Author().sign({}))).toEqual([false, expect.stringMatching(/^error: /)]);
  expect(await health()).toBe(503);
  add.mockRestore();
  await client.publish(new Author().sign({}));
  expect(await health()).toBe(200);
});

test('an authentication is never stored as an event', async () => {
  home = await relayForTest();
  const client = await home.client();
  expect((await client.publish(new Author().sign({ kind: 22242 })))[0]).toBe(false);
});

test('stopping says goodbye to everybody and leaves the port free', async () => {
  const { relay, client } = await relayForTest();
  const someone = await client();
  const closed = someone.closed();
  await relay.stop();
  expect(await closed).toBe(1001);
  home = await relayForTest({ port: relay.port });
  expect(home.relay.port).toBe(relay.port);
});
