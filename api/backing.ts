import path from 'node:path';
import type { Config } from './config.ts';
import { LocalFeed } from './feed/local.ts';
import { RedisFeed } from './feed/redis.ts';
import { feedState } from './nests/announce.ts';
import type { Clock, Feed, Ids, Log, NestStore } from './nests/ports.ts';
import { openLibsqlStore } from './store/libsql.ts';
import { openRedisChanges } from './store/redis-changes.ts';
import { connectRedis, createRedisRefill, createRedisStore } from './store/redis.ts';
import { ShadowedStore } from './store/shadowed.ts';

/** How often, and how many times, a state that has to be told again is asked for while the store recovers, in ms. */
const AGAIN_MS = 1_000;
const MOST_TRIES = 60;

/** Where nests are kept and how replicas tell each other, for the settings at hand. */
export interface Backing {
  store: NestStore;
  feed: Feed;
  close(): Promise<void>;
}

/** What opening needs beside the settings. */
interface Around {
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** What telling again after a gap needs. */
interface Gap {
  store: NestStore;
  feed: RedisFeed;
  stop: AbortSignal;
}

/**
 * Opens the embedded store, or Redis with a shadow of it in the embedded one.
 * @throws StoreUnavailable when the embedded store cannot be opened; a Redis that is away is waited for while serving
 */
export async function openBacking(
  config: Pick<Config, 'dataDir' | 'redisUrl'>,
  around: Around,
): Promise<Backing> {
  return config.redisUrl === undefined
    ? openEmbedded(config.dataDir, around)
    : openShared(config.redisUrl, config.dataDir, around);
}

async function openEmbedded(dataDir: string, { clock, ids, log }: Around): Promise<Backing> {
  const store = await openLibsqlStore(path.join(dataDir, 'nests.db'), clock, log);
  if ((await store.epoch()) === undefined) await store.setEpoch(ids.random());
  return { store, feed: new LocalFeed(log), close: () => store.close() };
}

async function openShared(url: string, dataDir: string, { clock, ids, log }: Around): Promise<Backing> {
  let down = false;
  const redis = connectRedis(url, (error) => {
    if (!down) log.warn('Redis is away', { error });
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info('Redis is back');
    down = false;
  });
  await redis.connect().catch(() => undefined); // its absence was told above, and it is tried again for as long as it takes
  const shadow = await openLibsqlStore(path.join(dataDir, 'shadow.db'), clock, log);
  const replica = ids.random();
  const changes = openRedisChanges(redis, replica, log, {
    hear: (id, requester) => void store.heard(id, requester),
    begun: () => void store.catchUp(),
  });
  const store = new ShadowedStore({
    bare: createRedisStore(redis, clock, { log }),
    guarded: (epoch) => createRedisStore(redis, clock, { epoch, log }),
    refill: createRedisRefill(redis),
    shadow,
    clock,
    log,
    newEpoch: () => ids.random(),
    onChange: (id, requester) => changes.tell(id, requester),
  });
  redis.on('ready', () => void store.look()); // it may have come back empty, and the others wait for us only briefly
  const closing = new AbortController();
  const feed = new RedisFeed(redis, replica, log);
  await store.open();
  await feed.open((nestIds) => {
    for (const id of nestIds) void tellAgain(id, { store, feed, clock, log, stop: closing.signal });
  });
  return {
    store,
    feed,
    async close() {
      closing.abort();
      feed.close();
      changes.close();
      await store.close();
    },
  };
}

/**
 * After a gap in what Redis carried: whoever listens here gets the whole state, as soon as the store has it again. Streams
 * know how many are inside.
 */
async function tellAgain(
  id: string,
  { store, feed, clock, log, stop }: Pick<Around, 'clock' | 'log'> & Gap,
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES && !stop.aborted; tries += 1) {
    try {
      const record = await store.get(id);
      if (record) feed.tellHere(id, { type: 'state', ...feedState(record, 0) }, record.rev);
      return;
    } catch (error) {
      log.debug('A nest could not be told again', { nestId: id, error });
      await clock.sleep(AGAIN_MS, stop);
    }
  }
}
