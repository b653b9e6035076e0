import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Author, RawClient, relayForTest } from './raw-client.ts';

let home: Awaited<ReturnType<typeof relayForTest>> | undefined;
afterEach(() => home?.stop());

test('nonsense is answered by a NOTICE and the connection lives on', async () => {
  home = await relayForTest();
  const client = await home.client();
  const nonsense = [
    '',
    'hello',
    '{}',
    'null',
    '[]',
    '["SHOUT"]',
    '["EVENT"]',
    '["EVENT",null]',
    '["EVENT",{"id":5}]',
    '["REQ"]',
    '["REQ",5,{}]',
    '["REQ","",{}]',
    `["REQ","${'x'.repeat(65)}",{}]`,
    '["CLOSE"]',
    '["AUTH"]',
    '[['.repeat(50_000),
    '["EVENT",'.repeat(20_000),
    '{"__proto__":[]}',
  ];
  for (const text of nonsense) {
    client.send(text);
    const [verb, reason] = await client.next();
    expect([text.slice(0, 40), verb]).toEqual([text.slice(0, 40), 'NOTICE']);
    expect(reason).toMatch(/^invalid: /);
  }
  client.socket.send(Buffer.from([1, 2, 3]));
  expect((await client.next())[0]).toBe('NOTICE');
  expect((await client.publish(new Author().sign({})))[0]).toBe(true);
});

test('whatever JSON is sent, every message is answered and the relay stays up', async () => {
  home = await relayForTest({ limits: { requestBurst: 100_000 } });
  const client = await home.client();
  const event = new Author().sign({});
  const bent = fc
    .tuple(fc.constantFrom(...Object.keys(event)), fc.anything())
    .map(([field, value]) => ['EVENT', { ...event, [field]: value }]);
  const anyFilter = fc.dictionary(
    fc.constantFrom('ids', 'authors', 'kinds', 'since', 'until', 'limit', '#e', '#ee', '#', 'search'),
    fc.jsonValue(),
  );
  const requests = fc.array(anyFilter, { maxLength: 4 }).map((filters) => ['REQ', 'fuzz', ...filters]);
  const anything = fc.tuple(fc.constantFrom('EVENT', 'REQ', 'CLOSE', 'AUTH'), fc.jsonValue(), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(fc.oneof(bent, requests, anything, fc.jsonValue()), async (message) => {
      client.send(JSON.stringify(message));
      // Answered in order: when this answer is here, the message before it has been dealt with.
      await client.ask('after', { ids: [] });
      for (const [verb] of client.unread) expect(['EVENT', 'EOSE', 'OK', 'NOTICE', 'CLOSED']).toContain(verb);
      while (client.unread.length > 0) await client.next();
    }),
    { numRuns: 400 },
  );
});

test('bytes that are no WebSocket, and broken frames, hurt nobody else', async () => {
  home = await relayForTest();
  const { port, url } = home.relay;
  const bystander = await home.client();
  const handshake = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`;
  const attacks = [
    Buffer.from([0, 255, 10, 13, 10, 13]),
    Buffer.from('GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'),
    Buffer.concat([Buffer.from(handshake), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])]),
    Buffer.concat([Buffer.from(handshake), Buffer.from([0x81, 0xfe, 0x00, 0x05, 1, 2, 3, 4, 0xff, 0xfe])]),
  ];
  for (const bytes of attacks) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end(bytes);
    await closed;
  }
  const text = await RawClient.connect(url);
  text.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
  expect(await text.closed()).toBe(1007);
  expect((await bystander.publish(new Author().sign({})))[0]).toBe(true);
});

test('a message over the limit ends that connection only', async () => {
  home = await relayForTest();
  const [big, other] = [await home.client(), await home.client()];
  big.send(`["REQ","x",{"ids":["${'a'.repeat(300_000)}"]}]`);
  expect(await big.closed()).toBe(1009);
  expect(await other.ask('fine', { ids: [] })).toEqual([]);
});

test('more events, requests or subscriptions than allowed are refused by name', async () => {
  let time = Date.now();
  home = await relayForTest({
    now: () => time,
    limits: { eventsPerSecond: 2, eventBurst: 3, requestsPerSecond: 1, requestBurst: 5, subscriptions: 4 },
  });
  const client = await home.client();
  const author = new Author();
  const publish = () => client.publish(author.sign({ content: String(Math.random()) }));
  for (let n = 0; n < 3; n++) expect(await publish()).toEqual([true, '']);
  expect((await publish())[1]).toMatch(/^rate-limited: /);
  time += 500;
  expect(await publish()).toEqual([true, '']);

  for (const name of ['1', '2', '3', '4']) await client.ask(name, { ids: [] });
  await expect(client.ask('5', { ids: [] })).rejects.toThrow('error: at most 4 subscriptions');
  await expect(client.ask('1', { ids: [] })).rejects.toThrow(/^rate-limited: /);
  time += 1000;
  expect(await client.ask('1', { ids: [] })).toEqual([]);
});

test.each([
  ['because of what waits for it', { pauseAtBytes: 100_000, dropAtBytes: 500_000 }],
  ['because of what waits for all', { backlogBytes: 500_000 }],
])(
  'a client who asks but never reads is dropped, %s, and others are served meanwhile',
  async (_why, limits) => {
    home = await relayForTest({ limits: { ...limits, heartbeatMs: 60_000 } });
    const [slow, quick] = [await home.client(), await home.client()];
    const author = new Author();
    await slow.ask('all', { authors: [author.pubkey] });
    slow.socket.pause();
    // The kernel keeps some megabytes for the sleeper before the relay has to.
    const sent = 300;
    for (let n = 1; n <= sent; n++) {
      const event = author.sign({ content: 'x'.repeat(60_000), created_at: n });
      expect(await quick.publish(event)).toEqual([true, '']);
    }
    const closed = slow.closed();
    slow.socket.resume();
    await closed;
    expect(slow.unread.length).toBeLessThan(sent);
    expect(await quick.ask('fine', { authors: [author.pubkey], limit: 1 })).toHaveLength(1);
  },
);

test('a client who asks faster than it reads waits, and gets everything', async () => {
  home = await relayForTest({ limits: { pauseAtBytes: 20_000 } });
  const client = await home.client();
  const author = new Author();
  for (let n = 1; n <= 20; n++) {
    await client.publish(author.sign({ content: 'x'.repeat(20_000), created_at: n }));
  }
  const requests = Array.from({ length: 30 }, (_, n) => `r${n}`);
  for (const name of requests) client.send(['REQ', name, { authors: [author.pubkey] }]);
  for (const name of requests) await client.next(([verb, id]) => verb === 'EOSE' && id === name);
  expect(client.unread.filter(([verb]) => verb === 'EVENT')).toHaveLength(30 * 20);
});

test('a client who vanished without a word is dropped by the heartbeat', async () => {
  home = await relayForTest({ limits: { heartbeatMs: 500 } });
  const client = await home.client();
  const closed = client.closed();
  client.socket.pong = () => undefined;
  client.socket.pause();
  // Paused, it neither answers pings nor hears that it was dropped; resumed, it finds out.
  const other = await home.client();
  const pings = [once(other.socket, 'ping'), once(other.socket, 'ping')];
  await Promise.all(pings);
  await once(other.socket, 'ping');
  await once(other.socket, 'ping');
  client.socket.resume();
  expect(await closed).toBe(1006);
  expect(await other.ask('fine', { ids: [] })).toEqual([]);
});

test('one address has only so many connections, told by the proxy that is believed', async () => {
  home = await relayForTest({ trustedProxies: ['loopback'], limits: { connectionsPerAddress: 2 } });
  const { url } = home.relay;
  const from = async (address: string): Promise<WebSocket> => {
    const socket = new WebSocket(url, { headers: { 'x-forwarded-for': address } });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  };
  const [first] = [await from('203.0.113.9'), await from('203.0.113.9')];
  await expect(from('203.0.113.9')).rejects.toThrow('429');
  await from('203.0.113.10');
  first.close();
  await vi.waitFor(() => from('203.0.113.9'), 10_000);
});

test('when the house is full, newcomers are told so', async () => {
  home = await relayForTest({ limits: { connections: 1 } });
  await home.client();
  await expect(home.client()).rejects.toThrow('503');
});
