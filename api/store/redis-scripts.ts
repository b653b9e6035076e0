import type { Redis } from 'ioredis';

/**
 * What changes Redis in one step. Where a script is given an epoch, it does nothing and answers -1 (`nestsClaim`: '')
 * unless the store has that very epoch; '*' is any, none included.
 */
const SCRIPTS = {
  /** KEYS nest, active set, epoch. ARGV json, expected rev ('' = must not exist), ttl in ms, id, '1' when it belongs to the active set, epoch. */
  nestsPut: {
    numberOfKeys: 3,
    lua: `
      if ARGV[6] ~= '*' and redis.call('GET', KEYS[3]) ~= ARGV[6] then return -1 end
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
  /** KEYS nest, active set, epoch. ARGV expected rev, id, epoch. */
  nestsDrop: {
    numberOfKeys: 3,
    lua: `
      if ARGV[3] ~= '*' and redis.call('GET', KEYS[3]) ~= ARGV[3] then return -1 end
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
  /** KEYS pair, epoch. ARGV new id, ttl in ms, epoch. Answers whose the pair is. */
  nestsClaim: {
    numberOfKeys: 2,
    lua: `
      if ARGV[3] ~= '*' and redis.call('GET', KEYS[2]) ~= ARGV[3] then return '' end
      return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX', 'GET') or ARGV[1]`,
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
  /** KEYS epoch, next epoch, sign of filling. ARGV candidate, ms that the sign stands. Answers the next epoch, '' where the store has one. */
  nestsFilling: {
    numberOfKeys: 3,
    lua: `
      if redis.call('EXISTS', KEYS[1]) == 1 then return '' end
      redis.call('SET', KEYS[3], '1', 'PX', ARGV[2])
      return redis.call('SET', KEYS[2], ARGV[1], 'NX', 'GET') or ARGV[1]`,
  },
  /**
   * KEYS epoch, next epoch, sign of filling. ARGV the next epoch as it was when the filling began, '1' to wait for nobody.
   * Answers the epoch, 'wait' while somebody fills, '' where the store was emptied again meanwhile.
   */
  nestsFilled: {
    numberOfKeys: 3,
    lua: `
      local epoch = redis.call('GET', KEYS[1])
      if epoch then return epoch end
      if redis.call('GET', KEYS[2]) ~= ARGV[1] then return '' end
      if ARGV[2] ~= '1' and redis.call('EXISTS', KEYS[3]) == 1 then return 'wait' end
      redis.call('SET', KEYS[1], ARGV[1])
      redis.call('DEL', KEYS[2], KEYS[3])
      return ARGV[1]`,
  },
} as const;

/** Where everything lies. */
export const KEYS = {
  nest: (id: string) => `nest:${id}`,
  active: 'nests:active',
  epoch: 'nests:epoch',
  nextEpoch: 'nests:epoch:next',
  filling: 'nests:epoch:filling',
  successors: 'nests:successor:',
  successor: (oldId: string, requester: string) => `nests:successor:${oldId}:${requester}`,
  once: (key: string) => `nests:once:${key}`,
  hits: (bucket: string) => `nests:hits:${bucket}`,
  lease: (name: string) => `nests:lease:${name}`,
};

/** The scripts as commands. */
export interface Scripts {
  nestsPut(
    nest: string,
    active: string,
    epochKey: string,
    json: string,
    rev: string,
    ttl: number,
    id: string,
    isActive: '0' | '1',
    epoch: string,
  ): Promise<number>;
  nestsDrop(
    nest: string,
    active: string,
    epochKey: string,
    rev: number,
    id: string,
    epoch: string,
  ): Promise<number>;
  nestsForget(numberOfKeys: number, ...keysAndIds: string[]): Promise<null>;
  nestsClaim(pair: string, epochKey: string, newId: string, ttl: number, epoch: string): Promise<string>;
  nestsHit(counter: string, limit: number, windowMs: number): Promise<[number, number]>;
  nestsLease(lease: string, holder: string, ttlMs: number): Promise<number>;
  nestsFilling(
    epochKey: string,
    next: string,
    filling: string,
    candidate: string,
    ms: number,
  ): Promise<string>;
  nestsFilled(
    epochKey: string,
    next: string,
    filling: string,
    epoch: string,
    forced: '0' | '1',
  ): Promise<string>;
}

/** Gives a connection the scripts as commands. */
export function scriptsOf(redis: Redis): Scripts {
  for (const [name, definition] of Object.entries(SCRIPTS)) redis.defineCommand(name, definition);
  return redis as unknown as Scripts;
}
