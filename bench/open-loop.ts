import { randomUUID } from 'node:crypto';
import type { NestRecord } from '../api/nests/record.ts';
import { arrivals, seededRandom } from './load/arrivals.ts';
import { EventStreams } from './load/event-streams.ts';
import { openLoop, type Arrival } from './load/open-loop.ts';
import { memoryOf, type Running } from './load/processes.ts';
import { importNests, startLiveKit, startNests, startRedis } from './load/servers.ts';
import { getRequest, joinPath, Signer } from './load/signed.ts';
import { say, sizeFrom, type Figure } from './report.ts';

const NESTS = sizeFrom('BENCH_NESTS', 10_000);
const STREAMS = sizeFrom('BENCH_STREAMS', 1_000);
/** Nests that people join; each has its LiveKit room before the measurement. */
const LIVE = Math.min(NESTS, sizeFrom('BENCH_LIVE', 200));
const JOINS_PER_SECOND = sizeFrom('BENCH_JOINS', 200);
const SECONDS = sizeFrom('BENCH_SECONDS', 30);
/** A stretch of joins before the measured one, in seconds: engines compile what is used often. */
const WARM_UP_SECONDS = 5;
/** Streams have a keep-alive every 15 s; in a stretch longer than this, in seconds, none may be silent. */
const KEEP_ALIVE_SECONDS = 16;
/** ms (TARGETS P23) */
const TARGET = 50;
const SEED = 23;

/** One API process with many nests and event streams, and signed joins that arrive at their own times (TARGETS P23). */
export async function measureOpenLoop(): Promise<Figure[]> {
  say(`open loop: putting ${NESTS} nests into the store`);
  const [redis, livekit] = await Promise.all([startRedis(), startLiveKit()]);
  const ids = Array.from({ length: NESTS }, () => randomUUID());
  await importNests(
    redis,
    ids.map((id) => JSON.stringify(emptyNest(id))),
  );
  const api = await startNests({ livekit, redis });
  const memory = await memoryOf(api.pid);
  const streams = await EventStreams.open(api.port, spread(ids, STREAMS));
  const live = spread(ids, LIVE);
  const opening = await joins(
    api,
    live,
    live.map((_, index) => index * 10),
  );
  await openLoop(api.port, opening);
  say(`open loop: ${streams.count().open} event streams are open, ${LIVE} nests have their rooms`);

  const random = seededRandom(SEED);
  const someNests = (times: number[]): string[] =>
    times.map(() => live[Math.floor(random() * live.length)] ?? '');
  const warmUp = arrivals(JOINS_PER_SECOND, WARM_UP_SECONDS, SEED + 1);
  await openLoop(api.port, await joins(api, someNests(warmUp), warmUp));
  const times = arrivals(JOINS_PER_SECOND, SECONDS, SEED);
  const found = await openLoop(api.port, await joins(api, someNests(times), times));
  const heard = demandListeners(streams);
  const loaded = await memoryOf(api.pid);
  streams.close();
  for (const part of [api, livekit, redis]) await part.stop();

  const because = `p50 ${found.p50.toFixed(1)} ms, longest ${found.max.toFixed(1)} ms, ${times.length} joins, at most ${found.most} at once`;
  say(`open loop: p99 ${found.p99.toFixed(1)} ms, ${because}`);
  say(`open loop: the streams got ${heard}`);
  say(
    `open loop: the API has ${megabytes(loaded.now)} in memory (${megabytes(memory.now)} before, ${megabytes(loaded.most)} at most)`,
  );
  return [
    {
      what: `P23 p99 of ${JOINS_PER_SECOND} joins a second`,
      found: found.p99,
      unit: 'ms',
      target: TARGET,
      wanted: 'at most',
      because,
    },
  ];
}

/** A nest whose people have all left: the next join makes its room. */
function emptyNest(id: string): NestRecord {
  const { pubkey } = new Signer();
  const now = Date.now();
  return {
    id,
    host: pubkey,
    speakers: [pubkey],
    admins: [pubkey],
    bans: [],
    removedGuests: [],
    members: [],
    invites: [],
    hands: [],
    relays: ['wss://relay.example.com'],
    hls_stream: false,
    access: 'public',
    guests: true,
    createdAt: now,
    startedAt: now,
    status: 'active',
    generation: 1,
    lastGeneration: 1,
    idle: true,
    rev: 1,
    lastAliveAt: now,
    retired: [],
  };
}

/** Signed joins of the nests at the times, each by a person of their own. */
async function joins({ port }: Running, nests: string[], times: number[]): Promise<Arrival[]> {
  const people = Array.from({ length: 200 }, () => new Signer());
  const start = Date.now();
  return Promise.all(
    nests.map(async (nest, index) => {
      const at = times[index] ?? 0;
      const path = joinPath(nest);
      const person = people[index % people.length] ?? new Signer();
      const authorization = await person.header('GET', `http://localhost:${port}${path}`, { at: start + at });
      return { at, request: getRequest(path, authorization) };
    }),
  );
}

/** So many of the items, as far from each other as they can be. */
function spread<T>(items: T[], count: number): T[] {
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor((index * items.length) / count)],
  ).filter((item) => item !== undefined);
}

/** @throws Error when a stream is gone or got nothing */
function demandListeners(streams: EventStreams): string {
  const { open, states, keepAlives, events } = streams.count();
  if (open !== STREAMS) throw new Error(`only ${open} of ${STREAMS} event streams are still open`);
  if (SECONDS >= KEEP_ALIVE_SECONDS && streams.silent() > 0)
    throw new Error(`${streams.silent()} event streams are silent`);
  return `${states} states, ${keepAlives} keep-alives and ${events} other events; all ${open} are open`;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
