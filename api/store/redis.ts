import { Redis } from 'ioredis';
import { type HitResult, type NestStore, StoreUnavailable } from '../nests/ports.ts';
import { expiresAt, type NestRecord } from '../nests/record.ts';

/**
 * The record of each nest in Redis (7 or newer, or Valkey), shared by every replica.
 *
 * `nest:<id>` holds the JSON of one nest and nothing else begins with `nest:`, so that an operator can read it with `redis-cli get`.
 * Whatever else is kept lies under `nests:`. Each change is one script that compares `rev` and sets, hence atomic across replicas.
 */

/** One sentence per script; the first key is always `nest:<id>` where a nest is meant. */
const SCRIPTS = {
  /** KEYS nest, active set. ARGV json, expected rev ('' = must not exist), ttl in ms, id, '1' when it belongs to the active set. */
  nestsPut: {
    numberOfKeys: 2,
    lua: `
      local now = redis.call('GET', KEYS[1])
      if ARGV[2] == '' then
        if now then return 0 end
      else
        if not now then return 0 end
        if tostring(cjson.decode(now).rev) ~= ARGV[2] then return 0 end
      end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
      if ARGV[5] == '1' then redis.call('SADD', KEYS[2], ARGV[4]) else redis.call('SREM', KEYS[2], ARGV[4]) end
      return 1`,
  },
  /** KEYS nest, active set. ARGV expected rev, id. */
  nestsDrop: {
    numberOfKeys: 2,
    lua: `
      local now = redis.call('GET', KEYS[1])
      if not now or tostring(cjson.decode(now).rev) ~= ARGV[1] then return 0 end
      redis.call('DEL', KEYS[1])
      redis.call('SREM', KEYS[2], ARGV[2])
      return 1`,
  },
  /** KEYS active set, then the nests that were not there when they were read. ARGV their ids. One that is there again stays. */
  nestsForget: {
    lua: `
      for index, id in ipairs(ARGV) do
        if redis.call('EXISTS', KEYS[index + 1]) == 0 then redis.call('SREM', KEYS[1], id) end
      end`,
  },
  /** KEYS counter. ARGV limit, window in ms. Answers {allowed, ms until the window ends}. */
  nestsHit: {
    numberOfKeys: 1,
    lua: `
      local count = redis.call('INCR', KEYS[1])
      if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
      local left = redis.call('PTTL', KEYS[1])
      if count > tonumber(ARGV[1]) then return {0, left} end
      return {1, left}`,
  },
  /** KEYS lease. ARGV holder, ttl in ms. Taken when free, prolonged when ours. */
  nestsLease: {
    numberOfKeys: 1,
    lua: `
      local holder = redis.call('GET', KEYS[1])
      if holder and holder ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      return 1`,
  },
} as const;

/** Where the things beside the nests lie. */
const KEYS = {
  nest: (id: string) => `nest:${id}`,
  active: 'nests:active',
  epoch: 'nests:epoch',
  successor: (oldId: string, requester: string) => `nests:successor:${oldId}:${requester}`,
  once: (key: string) => `nests:once:${key}`,
  hits: (bucket: string) => `nests:hits:${bucket}`,
  lease: (name: string) => `nests:lease:${name}`,
};

/** How long the pair (old id, requester) is kept, in ms: as long as a tombstone. */
const SUCCESSOR_MS = 30 * 24 * 3_600_000;
/** Redis forgets a record this much later (ms) than the sweep does, so that clocks may differ. */
const GRACE_MS = 3_600_000;
/** A Redis that is silent for this long (ms) counts as down. */
const TIMEOUT_MS = 2_000;
/** How many records one MGET reads. */
const BATCH = 500;

interface Scripts {
  nestsPut(
    nest: string,
    active: string,
    json: string,
    rev: string,
    ttl: number,
    id: string,
    isActive: '0' | '1',
  ): Promise<number>;
  nestsDrop(nest: string, active: string, rev: number, id: string): Promise<number>;
  nestsForget(numberOfKeys: number, ...keysAndIds: string[]): Promise<null>;
  nestsHit(counter: string, limit: number, windowMs: number): Promise<[number, number]>;
  nestsLease(lease: string, holder: string, ttlMs: number): Promise<number>;
}

/**
 * A connection that fails fast: commands never wait for a Redis that is gone, they are rejected, and the connection is
 * tried again for as long as it takes.
 */
export function connectRedis(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    enableAutoPipelining: true, // what is asked within one turn of the event loop travels together
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
    lazyConnect: true,
  });
  redis.on('error', onError);
  return redis;
}

/**
 * The NestStore on Redis. `redis` is connected already or connects by itself; while it cannot answer, every method throws
 * StoreUnavailable.
 */
export function createRedisStore(redis: Redis, clock: { now(): number }): NestStore {
  for (const [name, definition] of Object.entries(SCRIPTS)) redis.defineCommand(name, definition);
  const scripts = redis as unknown as Scripts;

  /** Every failure of Redis is an outage to the callers. */
  async function ask<T>(answer: () => Promise<T>): Promise<T> {
    try {
      return await answer();
    } catch (cause) {
      throw new StoreUnavailable('Redis does not answer', { cause });
    }
  }

  async function readAll(ids: string[]): Promise<NestRecord[]> {
    const found: NestRecord[] = [];
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      const texts = await redis.mget(batch.map(KEYS.nest));
      const expired = batch.filter((_, index) => texts[index] === null);
      if (expired.length > 0) {
        const keys = [KEYS.active, ...expired.map(KEYS.nest)];
        await scripts.nestsForget(keys.length, ...keys, ...expired);
      }
      for (const text of texts) if (text !== null) found.push(JSON.parse(text) as NestRecord);
    }
    return found;
  }

  return {
    get: (id) =>
      ask(async () => {
        const text = await redis.get(KEYS.nest(id));
        return text === null ? undefined : (JSON.parse(text) as NestRecord);
      }),

    put: (record, expectedRev) =>
      ask(async () => {
        const ttl = Math.max(1_000, Math.ceil(expiresAt(record) - clock.now()) + GRACE_MS);
        const isActive = record.status === 'ended' ? '0' : '1';
        const rev = expectedRev === null ? '' : String(expectedRev);
        return (
          (await scripts.nestsPut(
            KEYS.nest(record.id),
            KEYS.active,
            JSON.stringify(record),
            rev,
            ttl,
            record.id,
            isActive,
          )) === 1
        );
      }),

    drop: (id, expectedRev) =>
      ask(async () => (await scripts.nestsDrop(KEYS.nest(id), KEYS.active, expectedRev, id)) === 1),

    active: () => ask(async () => readAll(await redis.smembers(KEYS.active))),

    all: () =>
      ask(async () => {
        const ids: string[] = [];
        let cursor = '0';
        do {
          const [next, keys] = await redis.scan(cursor, 'MATCH', 'nest:*', 'COUNT', 1_000);
          cursor = next;
          ids.push(...keys.map((key) => key.slice('nest:'.length)));
        } while (cursor !== '0');
        return readAll([...new Set(ids)]);
      }),

    purge: (now) =>
      ask(async () => {
        const expired = (await readAll(await redis.smembers(KEYS.active))).filter(
          (record) => expiresAt(record) <= now,
        );
        let forgotten = 0;
        for (const { id, rev } of expired)
          forgotten += await scripts.nestsDrop(KEYS.nest(id), KEYS.active, rev, id);
        return forgotten;
      }),

    successor: (oldId, requester) =>
      ask(async () => (await redis.get(KEYS.successor(oldId, requester))) ?? undefined),

    claimSuccessor: (oldId, requester, newId) =>
      ask(async () => {
        const key = KEYS.successor(oldId, requester);
        return (await redis.set(key, newId, 'PX', SUCCESSOR_MS, 'NX', 'GET')) ?? newId;
      }),

    useOnce: (key, ttlMs) =>
      ask(async () => (await redis.set(KEYS.once(key), '1', 'PX', ttlMs, 'NX')) === 'OK'),

    hit: (bucket, limit, windowMs) =>
      ask(async (): Promise<HitResult> => {
        const [allowed, left] = await scripts.nestsHit(KEYS.hits(bucket), limit, windowMs);
        return allowed === 1
          ? { allowed: true, retryAfterMs: 0 }
          : { allowed: false, retryAfterMs: Math.max(1, left) };
      }),

    lease: (name, holder, ttlMs) =>
      ask(async () => (await scripts.nestsLease(KEYS.lease(name), holder, ttlMs)) === 1),

    epoch: () => ask(async () => (await redis.get(KEYS.epoch)) ?? undefined),
    setEpoch: (epoch) =>
      ask(async () => {
        await redis.set(KEYS.epoch, epoch);
      }),
    ping: () =>
      ask(async () => {
        await redis.ping();
      }),
    close: async () => {
      redis.disconnect();
    },
  };
}
