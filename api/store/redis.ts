import { Redis } from 'ioredis';
import {
  type HitResult,
  type Log,
  type NestStore,
  StoreRecovering,
  StoreUnavailable,
  type Succession,
} from '../nests/ports.ts';
import { expiresAt, type NestRecord } from '../nests/record.ts';
import { RecordReader } from './read-record.ts';
import { KEYS, type Scripts, scriptsOf } from './redis-scripts.ts';
import { SUCCESSOR_MS } from './schema.ts';
import type { Refill } from './shadowed.ts';

/**
 * The record of each nest in Redis (7 or newer, or Valkey), shared by every replica.
 *
 * `nest:<id>` holds the JSON of one nest and nothing else begins with `nest:`, so that an operator can read it with `redis-cli get`.
 * Whatever else is kept lies under `nests:`. Each change is one script that compares `rev` and sets, hence atomic across replicas.
 */

/** Redis forgets a record this much later (ms) than the sweep does, so that clocks may differ. */
const GRACE_MS = 3_600_000;
/** A Redis that is silent for this long (ms) counts as down. */
const TIMEOUT_MS = 2_000;
/** How many records one MGET reads. */
const BATCH = 500;

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

/** How a store on Redis is used. */
export interface RedisStoreOptions {
  /**
   * The epoch in which this process may serve; undefined: none yet. While the store has another one or none, everything
   * about nests throws StoreRecovering. Left out: the store is taken as it is, for those who fill it.
   */
  epoch?: () => string | undefined;
  /** told of values that are no nest, which lists leave out */
  log?: Pick<Log, 'error'>;
}

/**
 * The NestStore on Redis. `redis` is connected already or connects by itself; while it cannot answer, every method throws
 * StoreUnavailable.
 */
export function createRedisStore(
  redis: Redis,
  clock: { now(): number },
  options: RedisStoreOptions = {},
): NestStore {
  const scripts = scriptsOf(redis);
  const reader = new RedisReader(redis, scripts, options.log);

  /** For the scripts: the epoch they shall insist on. */
  function epoch(): string {
    if (options.epoch === undefined) return '*';
    return options.epoch() ?? recovering();
  }

  /** What was read together with this epoch, or before it, is whole. */
  function insist(there: string | null | undefined): void {
    if (options.epoch !== undefined && (there ?? '') !== epoch()) recovering();
  }

  /** A list is read in several steps: when the epoch is still the same after the last one, nothing was emptied in between. */
  async function whole<T>(list: Promise<T[]>): Promise<T[]> {
    const found = await list;
    if (options.epoch !== undefined) insist(await redis.get(KEYS.epoch));
    return found;
  }

  return {
    get: (id) =>
      ask(async () => {
        const [text, there] = await redis.mget(KEYS.nest(id), KEYS.epoch);
        insist(there);
        return typeof text === 'string' ? reader.one(id, text) : undefined;
      }),

    put: (record, expectedRev) =>
      ask(async () => {
        const ttl = Math.max(1_000, Math.ceil(expiresAt(record) - clock.now()) + GRACE_MS);
        const answer = await scripts.nestsPut(
          KEYS.nest(record.id),
          KEYS.active,
          KEYS.epoch,
          JSON.stringify(record),
          expectedRev === null ? '' : String(expectedRev),
          ttl,
          record.id,
          record.status === 'ended' ? '0' : '1',
          epoch(),
        );
        return done(answer);
      }),

    drop: (id, expectedRev) =>
      ask(async () =>
        done(await scripts.nestsDrop(KEYS.nest(id), KEYS.active, KEYS.epoch, expectedRev, id, epoch())),
      ),

    active: () => ask(() => whole(reader.active())),
    all: () => ask(() => whole(reader.all())),

    purge: (now) =>
      ask(async () => {
        const expired = (await whole(reader.active())).filter((record) => expiresAt(record) <= now);
        let forgotten = 0;
        for (const { id, rev } of expired) {
          const answer = await scripts.nestsDrop(KEYS.nest(id), KEYS.active, KEYS.epoch, rev, id, epoch());
          if (done(answer)) forgotten += 1;
        }
        return forgotten;
      }),

    successor: (oldId, requester) =>
      ask(async () => {
        const [newId, there] = await redis.mget(KEYS.successor(oldId, requester), KEYS.epoch);
        insist(there);
        return newId ?? undefined;
      }),

    claimSuccessor: (oldId, requester, newId) =>
      ask(async () => {
        const pair = KEYS.successor(oldId, requester);
        const winner = await scripts.nestsClaim(pair, KEYS.epoch, newId, SUCCESSOR_MS, epoch());
        return winner === '' ? recovering() : winner;
      }),

    successors: () => ask(() => whole(reader.successors())),

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

/** How replicas fill an emptied store together: see ShadowedStore. */
export function createRedisRefill(redis: Redis): Refill {
  const scripts = scriptsOf(redis);
  const { epoch, nextEpoch, filling } = KEYS;
  return {
    begin: (candidate, standsMs) =>
      ask(
        async () => (await scripts.nestsFilling(epoch, nextEpoch, filling, candidate, standsMs)) || undefined,
      ),
    finish: (next, forced) =>
      ask(async () => {
        const answer = await scripts.nestsFilled(epoch, nextEpoch, filling, next, forced ? '1' : '0');
        if (answer === 'wait') return 'wait';
        return answer === next ? 'whole' : 'again';
      }),
  };
}

/** Reads more than one thing at a time. */
class RedisReader extends RecordReader {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts, log: Pick<Log, 'error'> | undefined) {
    super(log);
    this.#redis = redis;
    this.#scripts = scripts;
  }

  async active(): Promise<NestRecord[]> {
    return this.#records(await this.#redis.smembers(KEYS.active));
  }

  async all(): Promise<NestRecord[]> {
    const keys = await this.#keys('nest:');
    return this.#records(keys.map((key) => key.slice('nest:'.length)));
  }

  async successors(): Promise<Succession[]> {
    const found: Succession[] = [];
    for (const key of await this.#keys(KEYS.successors)) {
      const newId = await this.#redis.get(key);
      const end = key.lastIndexOf(':');
      const oldId = key.slice(KEYS.successors.length, end);
      if (newId !== null) found.push({ oldId, requester: key.slice(end + 1), newId });
    }
    return found;
  }

  async #keys(prefix: string): Promise<string[]> {
    const found = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await this.#redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
      cursor = next;
      for (const key of keys) found.add(key);
    } while (cursor !== '0');
    return [...found];
  }

  async #records(ids: string[]): Promise<NestRecord[]> {
    const found: NestRecord[] = [];
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      const texts = await this.#redis.mget(batch.map(KEYS.nest));
      const there: [id: string, text: string][] = [];
      const expired: string[] = [];
      for (const [index, id] of batch.entries()) {
        const text = texts[index];
        if (typeof text === 'string') there.push([id, text]);
        else expired.push(id);
      }
      if (expired.length > 0) {
        const keys = [KEYS.active, ...expired.map(KEYS.nest)];
        await this.#scripts.nestsForget(keys.length, ...keys, ...expired);
      }
      found.push(...this.many(there));
    }
    return found;
  }
}

/** Every failure of Redis is an outage to the callers. */
async function ask<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (cause) {
    if (cause instanceof StoreUnavailable) throw cause;
    throw new StoreUnavailable('Redis does not answer', { cause });
  }
}

/** What a script that writes has answered. */
function done(answer: number): boolean {
  return answer === -1 ? recovering() : answer === 1;
}

function recovering(): never {
  throw new StoreRecovering('The store was emptied and is being filled again');
}
