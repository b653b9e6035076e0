import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRecord } from '../nests/create.ts';
import type { NestStore } from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';

const DAY_MS = 24 * 3_600_000;
const HOST = 'a'.repeat(64);

/** A store under test, with the hand that moves what its expiry is measured by. */
export interface StoreUnderTest {
  store: NestStore;
  /** lets so many ms pass for the store; a store with a clock of its own really waits */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** What every store has to keep. */
export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store of nests`, () => {
    let under: StoreUnderTest;
    let store: NestStore;
    beforeAll(async () => {
      under = await make();
      store = under.store;
    });
    afterAll(() => under.stop());

    it('gives back exactly what was put', async () => {
      const record = {
        ...aRecord(),
        bans: [{ pubkey: HOST, by: HOST, at: 1, reason: 'Grüße, "Zitat", 🪺 \u0000 \\ \n' }],
        pending: { generation: 2, since: 5, why: 'restart', from: 'live' },
      } satisfies NestRecord;
      expect(await store.put(record, null)).toBe(true);
      expect(await store.get(record.id)).toEqual(record);
    });

    it('does not know what nobody put', async () => {
      expect(await store.get(randomUUID())).toBeUndefined();
      expect(await store.get("'; DROP TABLE nests; --")).toBeUndefined();
    });

    it('creates only what is not there', async () => {
      const record = aRecord();
      expect(await store.put(record, null)).toBe(true);
      expect(await store.put({ ...record, host: 'b'.repeat(64) }, null)).toBe(false);
      expect((await store.get(record.id))?.host).toBe(HOST);
    });

    it('changes only what is still as it was read', async () => {
      const record = aRecord();
      await store.put(record, null);
      expect(await store.put({ ...record, rev: 2 }, 1)).toBe(true);
      expect(await store.put({ ...record, rev: 2, host: 'b'.repeat(64) }, 1)).toBe(false);
      expect(await store.put({ ...record, rev: 9 }, 8)).toBe(false);
      expect(await store.get(record.id)).toEqual({ ...record, rev: 2 });
    });

    it('does not change what is not there', async () => {
      const record = aRecord();
      expect(await store.put({ ...record, rev: 2 }, 1)).toBe(false);
      expect(await store.get(record.id)).toBeUndefined();
    });

    it('loses no update when many write the same nest at once', async () => {
      const record = aRecord();
      await store.put(record, null);
      const raise = async (pubkey: string): Promise<void> => {
        for (;;) {
          const now = await store.get(record.id);
          const hands = [...(now?.hands ?? []), { pubkey, since: 1 }];
          if (now && (await store.put({ ...now, hands, rev: now.rev + 1 }, now.rev))) return;
        }
      };
      const people = Array.from({ length: 40 }, (_, index) => String(index));
      await Promise.all(people.map(raise));
      const after = await store.get(record.id);
      expect(after?.rev).toBe(41);
      expect(after?.hands.map(({ pubkey }) => pubkey).sort()).toEqual(people.sort());
    });

    it('drops only what is still as it was read', async () => {
      const record = aRecord();
      await store.put(record, null);
      expect(await store.drop(record.id, 2)).toBe(false);
      expect(await store.get(record.id)).toEqual(record);
      expect(await store.drop(record.id, 1)).toBe(true);
      expect(await store.drop(record.id, 1)).toBe(false);
      expect(await store.get(record.id)).toBeUndefined();
    });

    it('lists planned and active nests, and all with their tombstones', async () => {
      const [planned, active, ended] = [aRecord(), aRecord(), aRecord()];
      await store.put({ ...planned, status: 'planned', starts: Math.floor(Date.now() / 1000) }, null);
      await store.put(active, null);
      await store.put(ended, null);
      await store.put({ ...ended, status: 'ended', endedAt: Date.now(), rev: 2 }, 1);
      const actives = ids(await store.active());
      expect(actives).toEqual(expect.arrayContaining([planned.id, active.id]));
      expect(actives).not.toContain(ended.id);
      expect(ids(await store.all())).toEqual(expect.arrayContaining([planned.id, active.id, ended.id]));
      await store.put({ ...ended, rev: 3 }, 2);
      expect(ids(await store.active())).toContain(ended.id);
    });

    it('forgets what is over, and nothing else', async () => {
      const old = { ...aRecord(), lastAliveAt: Date.now() - 25 * DAY_MS };
      const tombstone: NestRecord = {
        ...old,
        id: randomUUID(),
        status: 'ended',
        endedAt: Date.now() - DAY_MS,
      };
      await store.put(old, null);
      await store.put(tombstone, null);
      // A store may be patient with what has expired, but not forever.
      await store.purge(Date.now() + DAY_MS / 2);
      await under.pass(2_000);
      expect(await store.get(old.id)).toBeUndefined();
      expect(await store.get(tombstone.id)).toEqual(tombstone);
      expect(ids(await store.active())).not.toContain(tombstone.id);
    });

    it('remembers the first successor of a missing nest per requester', async () => {
      const [oldId, first, second] = [randomUUID(), randomUUID(), randomUUID()];
      expect(await store.successor(oldId, HOST)).toBeUndefined();
      const winners = await Promise.all([
        store.claimSuccessor(oldId, HOST, first),
        store.claimSuccessor(oldId, HOST, second),
      ]);
      expect(new Set(winners).size).toBe(1);
      expect([first, second]).toContain(winners[0]);
      expect(await store.claimSuccessor(oldId, HOST, randomUUID())).toBe(winners[0]);
      expect(await store.successor(oldId, HOST)).toBe(winners[0]);
      expect(await store.successor(oldId, 'b'.repeat(64))).toBeUndefined();
      const pair = { oldId, requester: HOST, newId: winners[0] };
      expect((await store.successors()).filter((each) => each.oldId === oldId)).toEqual([pair]);
    });

    it('lets a key be used once in its time', async () => {
      const key = randomUUID();
      const tries = await Promise.all(Array.from({ length: 10 }, () => store.useOnce(key, 1_000)));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await store.useOnce(randomUUID(), 1_000)).toBe(true);
      await under.pass(1_200);
      expect(await store.useOnce(key, 1_000)).toBe(true);
    });

    it('counts attempts and says when the next one can succeed', async () => {
      const bucket = randomUUID();
      const hits = await Promise.all(Array.from({ length: 5 }, () => store.hit(bucket, 3, 1_000)));
      expect(hits.filter(({ allowed }) => allowed)).toHaveLength(3);
      for (const { allowed, retryAfterMs } of hits) {
        if (allowed) continue;
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(retryAfterMs).toBeLessThanOrEqual(1_000);
      }
      expect((await store.hit(randomUUID(), 3, 1_000)).allowed).toBe(true);
      await under.pass(1_200);
      expect((await store.hit(bucket, 3, 1_000)).allowed).toBe(true);
    });

    it('gives a lease to one holder, who can renew it, until it runs out', async () => {
      const name = randomUUID();
      const holders = ['one', 'two', 'three'];
      const taken = await Promise.all(holders.map((holder) => store.lease(name, holder, 1_000)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      const winner = holders[taken.indexOf(true)]!;
      const loser = holders[taken.indexOf(false)]!;
      expect(await store.lease(name, winner, 1_000)).toBe(true);
      expect(await store.lease(name, loser, 1_000)).toBe(false);
      await under.pass(1_200);
      expect(await store.lease(name, loser, 1_000)).toBe(true);
      expect(await store.lease(name, winner, 1_000)).toBe(false);
    });

    it('keeps its epoch', async () => {
      expect(await store.epoch()).toBeUndefined();
      await store.setEpoch('first');
      await store.setEpoch('second');
      expect(await store.epoch()).toBe('second');
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}

/** A record that no test has put before. */
export function aRecord(): NestRecord {
  const options = { relays: ['wss://relay.example'], hls_stream: false };
  return newRecord(randomUUID(), HOST, options, Date.now());
}

function ids(records: NestRecord[]): string[] {
  return records.map(({ id }) => id);
}
