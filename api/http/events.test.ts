import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FeedEvent, FeedState } from '@nests/protocol/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NestError } from '../nests/errors.ts';
import type { Actor, UseCases } from '../nests/use-cases.ts';
import { makePerson, makeTestApi, type TestApi } from './testing.ts';

const anna = makePerson();
const state: FeedState = {
  ...{ status: 'active', generation: 1, participantCount: 1, host: anna.pubkey, speakers: [anna.pubkey] },
  ...{ admins: [anna.pubkey], hands: [], guests: true, access: 'public' },
};
const path = '/api/v1/nests/n1/events';
const restarted = (generation: number): FeedEvent => ({ type: 'restarted', generation });
const people = (participantCount: number): FeedEvent => ({ type: 'participants', participantCount });

let api: TestApi;
const open: { destroy: () => void }[] = [];
afterEach(async () => {
  for (const stream of open.splice(0)) stream.destroy();
  await api.app.close();
});

const start = async (nests: Partial<UseCases>, env: Record<string, string> = {}): Promise<void> => {
  api = makeTestApi({ nests, env });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
};
const following = () => start({ state: async () => ({ state, rev: 7 }) });

/** Connects as a client does; `text` grows as events come. */
const follow = async (headers: Record<string, string> = {}) => {
  const { port } = api.app.server.address() as AddressInfo;
  const asked = httpRequest({ port, host: '127.0.0.1', path, headers: { ...headers }, agent: false });
  open.push(asked);
  asked.end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  const stream = { reply, text: '', ended: false, destroy: () => asked.destroy() };
  reply.setEncoding('utf8');
  reply.on('data', (chunk: string) => (stream.text += chunk));
  reply.on('close', () => (stream.ended = true));
  reply.on('error', () => undefined);
  return stream;
};
const eventsIn = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const [id, event, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
      return { id, event, data: JSON.parse(data ?? '') as FeedEvent };
    });
const typesIn = (text: string) => eventsIn(text).map(({ event }) => event);

describe('the feed of a nest', () => {
  it('begins with the whole truth, then tells what happens, with ids of epoch and revision', async () => {
    await following();
    const stream = await follow();
    expect(stream.reply.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']), { timeout: 10_000 });
    api.parts.feed.publish('n1', restarted(2), 8);
    api.parts.feed.publish('other', restarted(9), 9);
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state', 'restarted']), { timeout: 10_000 });
    expect(eventsIn(stream.text)).toEqual([
      { id: 'epoch.7', event: 'state', data: { type: 'state', ...state } },
      { id: 'epoch.8', event: 'restarted', data: restarted(2) },
    ]);
    expect(stream.text).toMatch(/^retry: \d+\n\n/);
  });

  it('neither misses nor repeats what happens while the state is being read', async () => {
    let answer = (_view: { state: FeedState; rev: number }): void => undefined;
    await start({ state: () => new Promise((resolve) => (answer = resolve)) });
    const connecting = follow();
    await vi.waitFor(() => expect(api.called).toEqual(['state']), { timeout: 10_000 });
    api.parts.feed.publish('n1', restarted(2), 7); // in the state already
    api.parts.feed.publish('n1', restarted(3), 8);
    answer({ state, rev: 7 });
    const stream = await connecting;
    await vi.waitFor(
      () => expect(eventsIn(stream.text).map(({ id }) => id)).toEqual(['epoch.7', 'epoch.8']),
      { timeout: 10_000 },
    );
  });

  it('counts people at most once a second, and tells the last count', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']), { timeout: 10_000 });
    for (const count of [1, 2, 3, 4]) api.parts.feed.publish('n1', people(count), 8);
    api.now += 1000;
    api.parts.feed.publish('n1', people(5), 8);
    await vi.waitFor(
      () =>
        expect(
          eventsIn(stream.text)
            .slice(1)
            .map(({ data }) => data),
        ).toEqual([people(1), people(5)]),
      { timeout: 10_000 },
    );
  });

  it('tells a held back count when its second is over', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']), { timeout: 10_000 });
    api.parts.feed.publish('n1', people(1), 8);
    api.now += 990;
    api.parts.feed.publish('n1', people(2), 8);
    await vi.waitFor(
      () =>
        expect(
          eventsIn(stream.text)
            .map(({ data }) => data)
            .slice(1),
        ).toEqual([people(1), people(2)]),
      { timeout: 10_000 },
    );
  });

  it('tells the last count also when the nest moves on before its second is over', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']));
    api.parts.feed.publish('n1', people(1), 7);
    api.now += 990;
    api.parts.feed.publish('n1', people(2), 7);
    api.parts.feed.publish('n1', restarted(2), 8);
    await vi.waitFor(() =>
      expect(typesIn(stream.text)).toEqual(['state', 'participants', 'restarted', 'participants']),
    );
    expect(eventsIn(stream.text).at(-1)?.data).toEqual(people(2));
  });

  it('says how many are inside, whoever changed the record without knowing it', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']));
    api.parts.feed.publish('n1', { type: 'state', ...state, participantCount: 0 }, 8);
    api.parts.feed.publish('n1', people(5), 8);
    api.parts.feed.publish('n1', { type: 'state', ...state, participantCount: 0 }, 9);
    await vi.waitFor(() => expect(eventsIn(stream.text)).toHaveLength(4));
    expect(
      eventsIn(stream.text).map(({ data }) => 'participantCount' in data && data.participantCount),
    ).toEqual([1, 1, 5, 5]);
  });

  it('has the newest word as its last, when one replica overtakes another', async () => {
    let rev = 7;
    await start({ state: async () => ({ state, rev }) });
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']));
    rev = 9;
    api.parts.feed.publish('n1', { type: 'state', ...state, speakers: [] }, 9);
    api.parts.feed.publish('n1', restarted(2), 8);
    api.parts.feed.publish('n1', { type: 'state', ...state }, 8);
    await vi.waitFor(() => expect(api.called).toEqual(['state', 'state'])); // it asked the record who is right
    api.parts.feed.publish('n1', restarted(3), 10);
    await vi.waitFor(() => expect(typesIn(stream.text)).toContain('restarted'));
    expect(eventsIn(stream.text).map(({ id }) => id)).toEqual(['epoch.7', 'epoch.9', 'epoch.10']);
  });

  it('goes on from a record that was lost and is back in an older state', async () => {
    let rev = 50;
    await start({ state: async () => ({ state: { ...state, generation: rev }, rev }) });
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']));
    rev = 41;
    api.parts.feed.publish('n1', { type: 'state', ...state }, 40);
    await vi.waitFor(() => expect(eventsIn(stream.text)).toHaveLength(2));
    api.parts.feed.publish('n1', restarted(3), 42);
    await vi.waitFor(() => expect(eventsIn(stream.text)).toHaveLength(3));
    expect(eventsIn(stream.text).map(({ id }) => id)).toEqual(['epoch.50', 'epoch.41', 'epoch.42']);
  });

  it('ends when the nest ended', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']));
    api.parts.feed.publish('n1', { type: 'ended' }, 8);
    await vi.waitFor(() => expect(stream.ended).toBe(true));
    expect(typesIn(stream.text)).toEqual(['state', 'ended']);
  });

  it('goes on when somebody, whoever it is, made another nest in place of this one', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']));
    api.parts.feed.publish('n1', { type: 'moved', roomId: 'n2', host: makePerson().pubkey }, 0);
    api.parts.feed.publish('n1', restarted(2), 8);
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state', 'moved', 'restarted']));
    expect(stream.ended).toBe(false);
  });

  it('is 404 where there is no nest, 410 where it ended, 401 with a wrong session: in JSON, not as a stream', async () => {
    await start({ state: async () => Promise.reject(new NestError('ended')) });
    expect(await api.ask('GET', path)).toMatchObject({ status: 410, body: { code: 'ended' } });
    expect(await api.ask('GET', path, { session: 'n1.x.y' })).toMatchObject({
      status: 401,
      body: { code: 'session_invalid' },
    });
  });

  it('asks the record again, for each listener, when the nest is by invitation', async () => {
    const members = new Set<string | null>([anna.pubkey]);
    let access: FeedState['access'] = 'public';
    await start({
      state: async (_id: string, actor: Actor | null) => {
        if (access === 'invite' && !members.has(actor?.pubkey ?? null)) throw new NestError('invite_only');
        return { state: { ...state, access }, rev: access === 'invite' ? 8 : 7 };
      },
    });
    const stranger = await follow();
    const member = await follow({ authorization: await api.header(anna, 'GET', path) });
    await vi.waitFor(
      () => expect([stranger.text, member.text].map(typesIn)).toEqual([['state'], ['state']]),
      { timeout: 10_000 },
    );
    access = 'invite';
    api.parts.feed.publish('n1', { type: 'state', ...state, access }, 8);
    await vi.waitFor(() => expect(stranger.ended).toBe(true), { timeout: 10_000 });
    await vi.waitFor(() => expect(typesIn(member.text)).toEqual(['state', 'state']), { timeout: 10_000 });
    expect(typesIn(stranger.text)).toEqual(['state']);
    expect(member.ended).toBe(false);
  });

  it('lets one address follow so many nests and no more, and counts those who left no longer', async () => {
    await start({ state: async () => ({ state, rev: 7 }) }, { NESTS_LIMITS: 'streams=2' });
    const [first] = [await follow(), await follow()];
    const refused = await follow();
    expect(refused.reply.statusCode).toBe(429);
    expect(refused.reply.headers['retry-after']).toBe('10');
    first.destroy();
    await vi.waitFor(async () => expect((await follow()).reply.statusCode).toBe(200), { timeout: 10_000 });
  });

  it('cuts off a client that does not read, and only that one', async () => {
    await following();
    const reader = await follow();
    const sleeper = await follow();
    sleeper.reply.pause();
    await vi.waitFor(() => expect(typesIn(reader.text)).toEqual(['state']), { timeout: 10_000 });
    const hands = Array.from({ length: 1000 }, () => ({ pubkey: anna.pubkey, since: 1 }));
    for (let rev = 8; (await connections()) === 2; rev++) {
      api.parts.feed.publish('n1', { type: 'state', ...state, hands }, rev);
      await vi.waitFor(() => expect(reader.text).toContain(`id: epoch.${rev}\n`), { interval: 2 });
      reader.text = '';
    }
    expect(reader.ended).toBe(false);
  });

  it('ends with the server, at once', async () => {
    await following();
    const stream = await follow();
    await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']), { timeout: 10_000 });
    await api.app.close();
    await vi.waitFor(() => expect(stream.ended).toBe(true), { timeout: 10_000 });
  });

  it('has a heartbeat', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await following();
      const stream = await follow();
      await vi.waitFor(() => expect(typesIn(stream.text)).toEqual(['state']), { timeout: 10_000 });
      vi.advanceTimersByTime(15_000);
      await vi.waitFor(() => expect(stream.text).toMatch(/\n\n:\n\n$/), { timeout: 10_000 });
    } finally {
      vi.useRealTimers();
    }
  });
});

const connections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    api.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
