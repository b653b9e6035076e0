import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FeedEvent } from '@nests/protocol/api';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp } from './app.ts';
import { openBacking } from './backing.ts';
import { makePerson, testConfig, type Person } from './http/testing.ts';
import { randomIds } from './ids.ts';
import { makeLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { systemClock } from './nests/clock.ts';
import { makeDomain } from './nests/nests.ts';
import type { NestRecord } from './nests/record.ts';
import { makeSeal } from './nests/seal.ts';
import { FakeMedia } from './nests/testing/fake-media.ts';
import { startTestRedis, type TestRedis } from './store/redis-for-tests.ts';
import { createRedisStore } from './store/redis.ts';
import { verifyEvent } from './verify.ts';

const PEOPLE = 200;
const nests = '/api/v1/nests';
const log = makeLog('error', { write: () => undefined });

/** One API process's worth of API, listening. */
async function startReplica(redis: TestRedis, media: FakeMedia, dir: string) {
  const config = testConfig({ REDIS_URL: redis.url, NESTS_DATA_DIR: dir });
  const around = { clock: systemClock, ids: randomIds, log };
  const backing = await openBacking(config, around);
  const { store, feed } = backing;
  const ports = { ...around, media, store, feed, seal: makeSeal(config.secrets) };
  const domain = makeDomain(ports, { capacity: 1000, createLimit: null });
  const app = buildApp({
    ...{ ...ports, config, nests: domain.nests, verify: verifyEvent, metrics: new Metrics(config.version) },
    ...{ readWebhook: async () => null, testToken: async () => '' },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    origin: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    feed,
    async stop() {
      await app.close();
      await domain.sweep.stop();
      await domain.nests.settled();
      await backing.close();
    },
  };
}

/** Somebody who asks one replica after the other, as a balancer without stickiness would have it. */
class Visitor {
  readonly person: Person = makePerson();
  readonly statuses: number[] = [];
  private session: string | undefined;
  private turn: number;
  private readonly origins: string[];

  constructor(origins: string[], turn: number) {
    this.origins = origins;
    this.turn = turn;
  }

  async ask(method: string, at: string, body?: unknown): Promise<Record<string, unknown>> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signed = {
      url: `http://localhost:5544${at}`,
      ...{ method, nonce: randomUUID(), now: Math.floor(Date.now() / 1000) },
      ...(text === undefined ? {} : { body: text }),
    };
    const authorization = this.session
      ? `Bearer ${this.session}`
      : await makeHttpAuth(signed, this.person.sign);
    const reply = await fetch(`${this.origins[this.turn++ % this.origins.length]}${at}`, {
      method,
      headers: { authorization, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(text === undefined ? {} : { body: text }),
    });
    this.statuses.push(reply.status);
    const answer = (await reply.text()) || '{}';
    const parsed = JSON.parse(answer) as Record<string, unknown>;
    if (typeof parsed['session'] === 'string') this.session = parsed['session'];
    return parsed;
  }
}

describe('two hundred people in one nest at once, on two replicas and one Redis', () => {
  const dir = mkdtempSync(`${tmpdir()}/nests-hot-`);
  const media = new FakeMedia(systemClock);
  let redis: TestRedis;
  let look: Redis;
  let replicas: Awaited<ReturnType<typeof startReplica>>[];

  beforeAll(async () => {
    redis = await startTestRedis();
    look = new Redis(redis.url);
    await createRedisStore(look, systemClock).setEpoch('as if it had been there for long');
    replicas = [
      await startReplica(redis, media, path.join(dir, 'a')),
      await startReplica(redis, media, path.join(dir, 'b')),
    ];
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    look.disconnect();
    await redis.kill();
    rmSync(dir, { recursive: true });
  });

  it(
    'loses nobody’s hand, keeps nobody’s who has gone, and tells both replicas the same',
    { timeout: 60_000 },
    async () => {
      const origins = replicas.map(({ origin }) => origin);
      const host = new Visitor(origins, 0);
      const { roomId } = await host.ask('PUT', nests, { relays: ['wss://relay.example'], hls_stream: false });
      const at = `${nests}/${String(roomId)}`;
      const told: FeedEvent[][] = replicas.map(() => []);
      replicas.forEach(({ feed }, index) =>
        feed.subscribe(String(roomId), (event) => void told[index]!.push(event)),
      );

      const visitors = Array.from({ length: PEOPLE }, (_, turn) => new Visitor(origins, turn));
      await Promise.all(
        visitors.map(async (visitor, index) => {
          const { token } = await visitor.ask('GET', at);
          const connection = media.connect(String(token));
          await visitor.ask('POST', `${at}/hand`, { raised: true });
          if (index % 2 === 0) return;
          await visitor.ask('POST', `${at}/hand`, { raised: false });
          connection.leave();
        }),
      );

      const staying = visitors.filter((_, index) => index % 2 === 0).map(({ person }) => person.pubkey);
      for (const [index, { statuses }] of visitors.entries())
        expect(statuses).toEqual(index % 2 === 0 ? [200, 204] : [200, 204, 204]);
      const record = JSON.parse((await look.get(`nest:${String(roomId)}`))!) as NestRecord;
      expect(record.hands.map(({ pubkey }) => pubkey).sort()).toEqual([...staying].sort());
      const times = record.hands.map(({ since }) => since);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b)); // a queue: nobody shares a place
      expect(record).toMatchObject({
        status: 'active',
        generation: 1,
        lastGeneration: 1,
        ...{ speakers: [host.person.pubkey], admins: [host.person.pubkey], bans: [], members: [] },
      });
      expect(media.inside(`${String(roomId)}:1`)).toHaveLength(staying.length);
      await vi.waitFor(
        () => {
          for (const events of told) {
            const last = events.findLast(({ type }) => type === 'state');
            expect(last).toMatchObject({ hands: record.hands, speakers: record.speakers, generation: 1 });
          }
        },
        { timeout: 10_000 },
      );
    },
  );
});
