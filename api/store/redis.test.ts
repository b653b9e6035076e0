import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StoreUnavailable } from '../nests/ports.ts';
import { connectRedis, createRedisRefill, createRedisStore } from './redis.ts';
import { startTestRedis, type TestRedis } from './redis-for-tests.ts';
import { aRecord, storeContract } from './store.contract.ts';

const systemTime = { now: () => Date.now() };

storeContract('Redis', async () => {
  const server = await startTestRedis();
  const redis = connectRedis(server.url, () => undefined);
  await redis.connect();
  let ahead = 0;
  const store = createRedisStore(redis, { now: () => Date.now() + ahead });
  return {
    store,
    // Redis expires by its own clock, which nobody can move: shorten what is left of every key by the same amount.
    pass: async (ms) => {
      ahead += ms;
      for (const key of await redis.keys('*')) {
        const left = await redis.pttl(key);
        if (left >= 0) await redis.pexpire(key, left - ms);
      }
    },
    stop: async () => {
      await store.close();
      await server.kill();
    },
  };
});

describe('the Redis that an operator looks into', () => {
  let server: TestRedis;
  let operator: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    operator = new Redis(server.url);
  });
  afterAll(async () => {
    operator.disconnect();
    await server.kill();
  });

  it('has the nest as JSON under nest:<id>, and nothing else begins so', async () => {
    const redis = connectRedis(server.url, () => undefined);
    await redis.connect();
    const store = createRedisStore(redis, systemTime);
    const record = aRecord();
    await store.put(record, null);
    await store.setEpoch('epoch');
    await store.claimSuccessor('old', record.host, record.id);
    await store.useOnce('event', 60_000);
    await store.hit('join', 5, 60_000);
    await store.lease('sweep', 'me', 60_000);
    expect(await operator.keys('nest:*')).toEqual([`nest:${record.id}`]);
    expect(JSON.parse((await operator.get(`nest:${record.id}`)) ?? '')).toEqual(record);
    await store.close();
  });

  it('may hold what he wrote: the fields that are documented make a nest, and what is none hides no other', async () => {
    const redis = connectRedis(server.url, () => undefined);
    await redis.connect();
    const errors: object[] = [];
    const log = { error: (_: string, fields: object = {}) => void errors.push(fields) };
    const store = createRedisStore(redis, systemTime, { log });
    const { id, host, speakers, admins, relays, hls_stream, createdAt, status } = aRecord();
    const documented = { ...{ id, host, speakers, admins, relays, hls_stream, createdAt, status }, rev: 1 };
    await operator.set(`nest:${id}`, JSON.stringify({ ...documented, generation: 0 }));
    await operator.set('nest:spoilt', '{"id":"spoilt"');
    await operator.sadd('nests:active', id, 'spoilt');
    const read = await store.get(id);
    expect(read).toMatchObject({ bans: [], hands: [], retired: [], guests: true, lastAliveAt: createdAt });
    expect((await store.active()).filter((nest) => nest.id === id)).toEqual([read]);
    expect((await store.all()).map((nest) => nest.id)).toContain(id);
    expect(errors).toEqual([expect.objectContaining({ nestId: 'spoilt' })]);
    await expect(store.get('spoilt')).rejects.toThrow(StoreUnavailable);
    await operator.del('nest:spoilt');
    await store.close();
  });

  it('has one epoch at the end, whoever filled it: the one that was agreed on before, after the last put-back', async () => {
    const redis = connectRedis(server.url, () => undefined);
    await redis.connect();
    await operator.del('nests:epoch');
    const refill = createRedisRefill(redis);
    expect(await refill.begin('mine', 60_000)).toBe('mine');
    expect(await refill.begin('theirs', 60_000)).toBe('mine');
    expect(await refill.finish('mine', false)).toBe('wait');
    await operator.del('nests:epoch:filling');
    expect(await refill.finish('theirs', true)).toBe('again');
    expect(await refill.finish('mine', false)).toBe('whole');
    expect(await refill.finish('mine', false)).toBe('whole');
    expect(await refill.finish('theirs', false)).toBe('again');
    expect(await refill.begin('another', 60_000)).toBeUndefined();
    await operator.del('nests:epoch');
    expect(await refill.begin('next', 60_000)).toBe('next');
    expect(await refill.finish('next', true)).toBe('whole'); // whoever fills for ever keeps nobody
    redis.disconnect();
  });

  it('lists a nest that was put back while others were looking for it', async () => {
    const redis = connectRedis(server.url, () => undefined);
    await redis.connect();
    const store = createRedisStore(redis, systemTime);
    const [back, gone] = [aRecord(), aRecord()];
    for (const record of [back, gone]) {
      await store.put(record, null);
      await operator.del(`nest:${record.id}`);
    }
    const mget = redis.mget.bind(redis) as (keys: string[]) => Promise<(string | null)[]>;
    vi.spyOn(redis, 'mget').mockImplementationOnce(async (keys: unknown) => {
      const texts = await mget(keys as string[]);
      expect(await store.put(back, null)).toBe(true);
      return texts;
    });
    await store.active();
    const listed = await operator.smembers('nests:active');
    expect(listed).toContain(back.id);
    expect(listed).not.toContain(gone.id);
    expect((await store.active()).map(({ id }) => id)).toContain(back.id);
    await store.close();
  });

  it('is an outage when it is gone, at once and without a queue, and works again when it is back', async () => {
    const redis = connectRedis(server.url, () => undefined);
    await redis.connect();
    const store = createRedisStore(redis, systemTime);
    const record = aRecord();
    await store.put(record, null);
    await server.kill();
    await expect(store.get(record.id)).rejects.toThrow(StoreUnavailable);
    await expect(store.put({ ...record, rev: record.rev + 1 }, record.rev)).rejects.toThrow(StoreUnavailable);
    await expect(store.ping()).rejects.toThrow(StoreUnavailable);
    await server.start();
    await expect
      .poll(
        () =>
          store.ping().then(
            () => 'answers',
            () => 'away',
          ),
        { timeout: 10_000 },
      )
      .toBe('answers');
    expect(await store.get(record.id)).toBeUndefined(); // a Redis without persistence comes back empty
    await store.close();
  });
});
