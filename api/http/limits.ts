import type { Config, Limits } from '../config.ts';
import { NestError } from '../nests/errors.ts';
import type { NestStore } from '../nests/ports.ts';

/** What is counted per time; streams are counted while they are open. */
export type RateName = Exclude<keyof Limits, 'streams' | 'create'>;

/** Counts attempts across replicas. */
export interface RateLimits {
  /**
   * Counts one attempt.
   * @throws NestError `rate_limited` with the time to wait
   */
  count(name: RateName, who: string): Promise<void>;
}

/** The rate limits of CONTRACT §6 (creation is counted by the domain); without limits, nothing is counted. */
export function makeLimits(limits: Config['limits'], store: Pick<NestStore, 'hit'>): RateLimits {
  if (limits === null) return { count: async () => undefined };
  return {
    async count(name, who) {
      const { count, windowMs } = limits[name];
      const { allowed, retryAfterMs } = await store.hit(`${name}:${who}`, count, windowMs);
      if (!allowed) throw new NestError('rate_limited', { retryAfterMs });
    },
  };
}

/**
 * Under which name an address is counted: an IPv4 address as it is, of an IPv6 address the /64 that one customer has,
 * so that nobody escapes by walking through it.
 */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = (ip.split('%')[0] ?? '').toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(gap).fill('0'), ...back];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
