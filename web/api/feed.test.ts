import type { FeedEvent } from '@nests/protocol/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FakeClock, settle } from '../nest/testing/fake-clock.ts';
import type { ApiError } from './error.ts';
import { asFeedEvent, openFeed, readFeedEvent } from './feed.ts';
import { SseParser } from './sse-parser.ts';

const HOST = 'a'.repeat(64);
const state = {
  status: 'active',
  generation: 1,
  participantCount: 2,
  host: HOST,
  speakers: [],
  admins: [],
  hands: [],
  guests: true,
  access: 'public',
};

/** One stream that a test writes to. */
function stream() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (c) => void (controller = c) });
  const encoder = new TextEncoder();
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    write: (text: string) => controller.enqueue(encoder.encode(text)),
    end: () => controller.close(),
  };
}

/** A feed on answers in turn. */
function follow(...answers: (Response | 'down')[]) {
  const clock = new FakeClock();
  const events: FeedEvent[] = [];
  const problems: ApiError[] = [];
  const sessions: (string | undefined)[] = [];
  const feed = openFeed({
    url: 'https://nests.test/api/v1/nests/nest/events',
    session: () => 'my-session',
    clock,
    fetch: async (_url, init) => {
      sessions.push((init?.headers as Record<string, string>)['authorization']);
      const answer = answers.shift();
      if (!answer || answer === 'down') throw new TypeError('fetch failed');
      return answer;
    },
    listener: {
      onEvent: (event) => void events.push(event),
      onProblem: (problem) => void problems.push(problem),
    },
  });
  return { feed, clock, events, problems, sessions };
}

/** Reading a stream takes turns of the real event loop. */
async function arrive(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve));
  await settle();
}

test('the state on connecting, then what happens', async () => {
  const s = stream();
  const { feed, events, sessions } = follow(s.response);
  s.write(`: hello\n\nid: e.1\nevent: state\ndata: ${JSON.stringify(state)}\n\n`);
  s.write('event: restarted\ndata: {"gener');
  s.write('ation":2}\n\nevent: ended\ndata: {}\n\n');
  await arrive();
  expect(events).toEqual([
    { type: 'state', ...state },
    { type: 'restarted', generation: 2 },
    { type: 'ended' },
  ]);
  expect(sessions).toEqual(['Bearer my-session']);
  expect(feed.$status.get()).toBe('open');
});

test('a dropped stream is opened again, and closing is for good', async () => {
  const one = stream();
  const two = stream();
  const { feed, clock, events } = follow(one.response, 'down', two.response);
  one.end();
  await arrive();
  expect(feed.$status.get()).toBe('waiting');
  await clock.pass(3_000);
  await arrive();
  two.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
  await arrive();
  expect(events).toHaveLength(1);
  feed.close();
  two.write('event: ended\ndata: {}\n\n');
  await arrive();
  await clock.pass(60_000);
  expect(events).toHaveLength(1);
  expect(feed.$status.get()).toBe('closed');
});

test('a stream that is silent for too long is dead, whatever the network says', async () => {
  const one = stream();
  const two = stream();
  const { feed, clock } = follow(one.response, two.response);
  await arrive();
  await clock.pass(20_000);
  one.write(': still here\n\n');
  await arrive();
  await clock.pass(30_000);
  expect(feed.$status.get()).toBe('open');
  await clock.pass(10_000);
  await arrive();
  await clock.pass(1_000);
  await arrive();
  expect(feed.$status.get()).toBe('open');
  two.write(': hello\n\n');
  await arrive();
});

test('410: over; 404 and 429 are told, and tried again when allowed', async () => {
  const body = JSON.stringify({ error: 'This nest has ended', code: 'ended' });
  const over = follow(new Response(body, { status: 410 }));
  await arrive();
  expect(over.problems).toMatchObject([{ status: 410, code: 'ended' }]);
  expect(over.feed.$status.get()).toBe('closed');

  const s = stream();
  const busy = follow(new Response('{}', { status: 429, headers: { 'retry-after': '20' } }), s.response);
  await arrive();
  await busy.clock.pass(19_000);
  expect(busy.feed.$status.get()).toBe('waiting');
  await busy.clock.pass(2_000);
  await arrive();
  expect(busy.feed.$status.get()).toBe('open');
});

test('woken, it does not wait', async () => {
  const s = stream();
  const { feed } = follow('down', s.response);
  await arrive();
  expect(feed.$status.get()).toBe('waiting');
  feed.wake();
  await arrive();
  expect(feed.$status.get()).toBe('open');
});

test('what is not an event of the feed is ignored', () => {
  expect(readFeedEvent('restarted', '{"generation":"2"}')).toBeNull();
  expect(readFeedEvent('state', '{"status":"active"}')).toBeNull();
  expect(readFeedEvent('moved', '{"roomId":"x"}')).toBeNull();
  expect(readFeedEvent('something-new', '{}')).toBeNull();
  expect(readFeedEvent('state', 'not json')).toBeNull();
  expect(asFeedEvent('', { type: 'moved', roomId: 'x', host: HOST })).toMatchObject({ type: 'moved' });
});

test('any JSON at all, as event or as packet, is either an event or ignored', () => {
  fc.assert(
    fc.property(fc.string(), fc.json(), (name, data) => {
      const event = readFeedEvent(name, data);
      expect(event === null || typeof event.type === 'string').toBe(true);
    }),
  );
});

test('lines may be cut anywhere and end in any of the three ways', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat({ max: 40 }), { maxLength: 12 }),
      (newline, cuts) => {
        const text = ['event: a', 'data: 1', 'data: 2', '', ': comment', 'data:3', '', ''].join(newline);
        const got: string[] = [];
        const parser = new SseParser((name, data) => got.push(`${name}=${data}`));
        let from = 0;
        for (const cut of [...cuts].sort((a, b) => a - b)) {
          parser.push(text.slice(from, Math.max(from, cut)));
          from = Math.max(from, cut);
        }
        parser.push(text.slice(from));
        parser.push(newline);
        expect(got).toEqual(['a=1\n2', 'message=3']);
      },
    ),
  );
});

test('an event without end does not fill the memory', () => {
  const parser = new SseParser(() => undefined);
  expect(() => {
    for (let i = 0; i < 30; i++) parser.push('x'.repeat(100_000));
  }).toThrow('too large');
});
