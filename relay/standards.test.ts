import { afterEach, expect, test } from 'vitest';
import { Author, now, relayForTest } from './raw-client.ts';

let home: Awaited<ReturnType<typeof relayForTest>> | undefined;
afterEach(() => home?.stop());

test('NIP-11: the relay says what it is, to any web page', async () => {
  home = await relayForTest();
  const address = home.relay.url.replace('ws:', 'http:');
  const reply = await fetch(address, { headers: { accept: 'application/nostr+json' } });
  expect(reply.headers.get('content-type')).toBe('application/nostr+json');
  expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  expect(await reply.json()).toMatchObject({
    supported_nips: [1, 9, 11, 40, 42, 70],
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
  home = await relayForTest();
  const client = await home.client();
  const reply = await client.publish(new Author().sign({ tags: [['-']] }));
  expect(reply).toEqual([false, expect.stringMatching(/^auth-required: /)]);
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
