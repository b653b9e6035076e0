import type { NestStore } from '../nests/ports.ts';
import { expiresAt, type NestRecord } from '../nests/record.ts';
import { SUCCESSOR_MS } from './schema.ts';

/** A store in this process's memory, with the rules of the real ones. For tests of the domain only. */
export function makeMemoryStore(clock: { now(): number }): NestStore {
  const nests = new Map<string, { rev: number; json: string }>();
  const expiring = new Map<string, { value: string; until: number }>();
  let epoch: string | undefined;

  const read = (key: string): string | undefined => {
    const entry = expiring.get(key);
    return entry && entry.until > clock.now() ? entry.value : undefined;
  };
  const write = (key: string, value: string, ttlMs: number): void => {
    expiring.set(key, { value, until: clock.now() + ttlMs });
  };
  const records = (): NestRecord[] => [...nests.values()].map(({ json }) => JSON.parse(json) as NestRecord);

  return {
    async get(id) {
      const json = nests.get(id)?.json;
      return json === undefined ? undefined : (JSON.parse(json) as NestRecord);
    },
    async put(record, expectedRev) {
      if ((nests.get(record.id)?.rev ?? null) !== expectedRev) return false;
      nests.set(record.id, { rev: record.rev, json: JSON.stringify(record) });
      return true;
    },
    async drop(id, expectedRev) {
      return nests.get(id)?.rev === expectedRev && nests.delete(id);
    },
    async active() {
      return records().filter(({ status }) => status !== 'ended');
    },
    async all() {
      return records();
    },
    async purge(now) {
      const expired = records().filter((record) => expiresAt(record) <= now);
      for (const { id } of expired) nests.delete(id);
      for (const [key, { until }] of expiring) if (until <= now) expiring.delete(key);
      return expired.length;
    },
    async successor(oldId, requester) {
      return read(`successor ${oldId} ${requester}`);
    },
    async claimSuccessor(oldId, requester, newId) {
      const key = `successor ${oldId} ${requester}`;
      if (read(key) === undefined) write(key, newId, SUCCESSOR_MS);
      return read(key) ?? newId;
    },
    async successors() {
      return [...expiring.keys()].flatMap((key) => {
        const [kind, oldId, requester] = key.split(' ');
        const newId = read(key);
        if (kind !== 'successor' || !oldId || !requester || newId === undefined) return [];
        return [{ oldId, requester, newId }];
      });
    },
    async useOnce(key, ttlMs) {
      if (read(`once ${key}`) !== undefined) return false;
      write(`once ${key}`, '', ttlMs);
      return true;
    },
    async hit(bucket, limit, windowMs) {
      const key = `hits ${bucket}`;
      const count = Number(read(key) ?? 0) + 1;
      if (count === 1) write(key, '1', windowMs);
      else write(key, String(count), (expiring.get(key)?.until ?? 0) - clock.now());
      const retryAfterMs = (expiring.get(key)?.until ?? 0) - clock.now();
      return count <= limit ? { allowed: true, retryAfterMs: 0 } : { allowed: false, retryAfterMs };
    },
    async lease(name, holder, ttlMs) {
      const key = `lease ${name}`;
      if ((read(key) ?? holder) !== holder) return false;
      write(key, holder, ttlMs);
      return true;
    },
    epoch: async () => epoch,
    async setEpoch(value) {
      epoch = value;
    },
    ping: async () => undefined,
    close: async () => undefined,
  };
}
