import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FeedEvent } from '@nests/protocol/api';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Backing, openBacking } from '../backing.ts';
import { systemClock } from '../nests/clock.ts';
import { type NestStore, StoreRecovering, StoreUnavailable } from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';
import { openLibsqlStore } from './libsql.ts';
import { makeMemoryStore } from './memory-for-tests.ts';
import { connectRedis, createRedisRefill, createRedisStore } from './redis.ts';
import { startTestRedis, type TestRedis } from './redis-for-tests.ts';
import { ShadowedStore } from './shadowed.ts';
import { aRecord } from './store.contract.ts';

const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};
const ids = { uuid: () => randomUUID(), random: () => randomUUID() };
const around = { clock: systemClock, ids, log: quiet };

/** Asks until the store is whole; what it says until then is `recovering` and nothing else. */
async function whenWhole<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreRecovering)) throw error;
      await systemClock.sleep(50);
    }
  }
}

const banning = (nest: NestRecord): NestRecord => ({
  ...nest,
  rev: nest.rev + 1,
  bans: [{ pubkey: 'b'.repeat(64), by: nest.host, at: 1 }],
});
const raising = (nest: NestRecord): NestRecord => ({
  ...nest,
  rev: nest.rev + 1,
  hands: [{ pubkey: 'c'.repeat(64), since: 1 }],
});

describe('a shared store that is emptied', { timeout: 30_000 }, () => {
  let server: TestRedis;
  let operator: Redis;
  let bare: NestStore;
  let folder: string;
  let opened: { close(): Promise<void> }[];

  const open = async (name: string): Promise<Backing> => {
    const replica = await openBacking({ redisUrl: server.url, dataDir: path.join(folder, name) }, around);
    opened.push(replica);
    return replica;
  };
  const close = async (replica: Backing): Promise<void> => {
    await replica.close();
    opened.splice(opened.indexOf(replica), 1);
  };
  /** What is on a replica's own disk. */
  const shadowOf = async (name: string): Promise<NestStore> => {
    const shadow = await openLibsqlStore(path.join(folder, name, 'shadow.db'), systemClock);
    opened.push(shadow);
    return shadow;
  };

  beforeEach(async () => {
    server = await startTestRedis();
    operator = new Redis(server.url);
    bare = createRedisStore(operator, systemClock);
    folder = await mkdtemp(path.join(os.tmpdir(), 'nests-recovery-'));
    opened = [];
    await bare.setEpoch('as if it had been there for long');
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    operator.disconnect();
    await server.kill();
    await rm(folder, { recursive: true });
  });

  it('serves no record that a replica put back before the others had their turn, nor lets it be changed', async () => {
    const two = await open('two');
    const old = aRecord();
    await two.store.put(old, null);
    await two.store.put(banning(old), old.rev);
    await operator.flushall();
    await bare.put(old, null); // another replica, which never heard of the ban
    await expect(two.store.get(old.id)).rejects.toThrow(StoreRecovering);
    await expect(two.store.put(raising(old), old.rev)).rejects.toThrow(StoreRecovering);
    await expect(two.store.put(aRecord(), null)).rejects.toThrow(StoreRecovering);
    await expect(two.store.drop(old.id, old.rev)).rejects.toThrow(StoreRecovering);
    expect((await whenWhole(() => two.store.get(old.id)))?.bans).toHaveLength(1);
  });

  it('answers nothing on a replica that slept through it until that has added what it knows', async () => {
    const two = await open('two');
    const old = aRecord();
    await two.store.put(old, null);
    await two.store.put(banning(old), old.rev);
    // In one step for everybody who looks: emptied, filled by others and whole.
    const others = JSON.stringify(raising(old));
    await operator.multi().flushall().set(`nest:${old.id}`, others).set('nests:epoch', 'the next one').exec();
    await expect(two.store.put(raising(raising(old)), old.rev + 1)).rejects.toThrow(StoreRecovering);
    // Both went on from the same state: rather keep somebody out.
    expect((await whenWhole(() => two.store.get(old.id)))?.bans).toHaveLength(1);
  });

  it('loses nothing when it is emptied a second time while it is being filled', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const nests = Array.from({ length: 200 }, () => aRecord());
    await Promise.all(nests.map((nest, index) => (index % 2 ? one : two).store.put(nest, null)));
    await operator.flushall();
    await expect
      .poll(() => operator.exists(`nest:${nests[0]!.id}`), { timeout: 10_000, interval: 5 })
      .toBe(1);
    await operator.flushall();
    const all = await whenWhole(() => one.store.all());
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(nests.map(({ id }) => id)));
  });

  it('has died and come back: whoever listens is told how things are, as soon as it is whole', async () => {
    const one = await open('one');
    const nest = aRecord();
    await one.store.put(nest, null);
    const heard: FeedEvent[] = [];
    one.feed.subscribe(nest.id, (event) => heard.push(event));
    await server.kill();
    await server.start();
    await expect.poll(() => heard, { timeout: 15_000 }).toMatchObject([{ type: 'state', host: nest.host }]);
  });

  it('is whole again with one replica that knows nothing', async () => {
    const one = await open('one');
    await operator.flushall();
    expect(await whenWhole(() => one.store.get(randomUUID()))).toBeUndefined();
    expect(await one.store.put(aRecord(), null)).toBe(true);
  });

  it('was never filled: two replicas that start with it serve at once when they have started', async () => {
    await operator.flushall();
    const [one, two] = await Promise.all([open('one'), open('two')]);
    const nest = aRecord();
    expect(await one.store.put(nest, null)).toBe(true);
    expect(await two.store.get(nest.id)).toEqual(nest);
  });

  it('keeps who replaced which nest, and does not bring the old one back', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const [old, next] = [aRecord(), aRecord()];
    await one.store.put(old, null);
    const shadow = await shadowOf('two');
    await expect.poll(() => shadow.get(old.id)).toEqual(old);
    await operator.del(`nest:${old.id}`);
    await one.store.put(next, null);
    await one.store.claimSuccessor(old.id, old.host, next.id);
    await expect.poll(() => shadow.successor(old.id, old.host)).toBe(next.id);
    await expect.poll(() => shadow.get(next.id)).toEqual(next);
    await close(one);
    await operator.flushall();
    await expect(two.store.successor(old.id, old.host)).rejects.toThrow(StoreRecovering);
    await expect(two.store.claimSuccessor(old.id, old.host, 'another')).rejects.toThrow(StoreRecovering);
    expect(await whenWhole(() => two.store.successor(old.id, old.host))).toBe(next.id);
    expect(await two.store.get(next.id)).toEqual(next);
    expect(await two.store.get(old.id)).toBeUndefined();
  });

  it('takes an old nest away again when who replaced it becomes known after it was put back', async () => {
    const [old, next] = [aRecord(), aRecord()];
    const two = await open('two');
    await two.store.put(next, null);
    await two.store.claimSuccessor(old.id, old.host, next.id);
    await operator.flushall();
    await bare.put(old, null);
    expect(await whenWhole(() => two.store.get(old.id))).toBeUndefined();
  });

  it('does not get back what was dropped before, from nobody', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const nest = aRecord();
    await one.store.put(nest, null);
    const shadow = await shadowOf('two');
    await expect.poll(() => shadow.get(nest.id)).toEqual(nest);
    await one.store.drop(nest.id, nest.rev);
    await expect.poll(() => shadow.get(nest.id)).toBeUndefined();
    await operator.flushall();
    expect(await whenWhole(() => two.store.get(nest.id))).toBeUndefined();
    expect(await whenWhole(() => one.store.get(nest.id))).toBeUndefined();
  });

  it('is known as a whole to a replica that came later, or was deaf for a while', async () => {
    const one = await open('one');
    const [nest, gone] = [aRecord(), aRecord()];
    await one.store.put(nest, null);
    await one.store.put(gone, null);
    const late = await open('late');
    const shadow = await shadowOf('late');
    await expect.poll(async () => (await shadow.all()).length).toBe(2);
    await close(late);
    await one.store.put(banning(nest), nest.rev);
    await one.store.drop(gone.id, gone.rev);
    await open('late');
    await expect.poll(async () => (await shadow.get(nest.id))?.bans.length).toBe(1);
    await expect.poll(() => shadow.get(gone.id)).toBeUndefined();
  });

  it('is spoilt in one place by hand: the others come back all the same', async () => {
    const one = await open('one');
    const [nest, spoilt] = [aRecord(), aRecord()];
    await one.store.put(nest, null);
    await one.store.put(spoilt, null);
    await operator
      .multi()
      .flushall()
      .set(`nest:${spoilt.id}`, 'oops')
      .set('nests:epoch', 'the next one')
      .exec();
    expect(await whenWhole(() => one.store.get(nest.id))).toEqual(nest);
    await expect(one.store.get(spoilt.id)).rejects.toThrow('is not a nest');
  });

  describe('behind one replica with a shadow of its own making', () => {
    const told: string[] = [];
    const openWith = async (shadow: NestStore): Promise<ShadowedStore> => {
      const redis = connectRedis(server.url, () => undefined);
      await redis.connect();
      const store = new ShadowedStore({
        bare: createRedisStore(redis, systemClock),
        guarded: (epoch) => createRedisStore(redis, systemClock, { epoch }),
        refill: createRedisRefill(redis),
        ...{ shadow, clock: systemClock, log: quiet, newEpoch: () => randomUUID() },
        onChange: (id) => told.push(id),
      });
      opened.push(store);
      await store.open();
      return store;
    };

    it('has what was written the moment before and not yet in the shadow', async () => {
      const shadow = makeMemoryStore(systemClock);
      let goOn = (): void => undefined;
      const slow = new Promise<void>((resolve) => (goOn = resolve));
      const store = await openWith({
        ...shadow,
        put: (record, rev) =>
          record.bans.length > 0 ? slow.then(() => shadow.put(record, rev)) : shadow.put(record, rev),
      });
      const nest = aRecord();
      await store.put(nest, null);
      const ban = store.put(banning(nest), nest.rev);
      await expect.poll(async () => (await bare.get(nest.id))?.bans.length).toBe(1);
      await operator.flushall();
      await expect(store.get(nest.id)).rejects.toThrow(StoreRecovering);
      await expect.poll(() => operator.exists('nests:epoch:next')).toBe(1); // it is filling by now
      goOn();
      expect(await ban).toBe(true);
      expect((await whenWhole(() => store.get(nest.id)))?.bans).toHaveLength(1);
    });

    it('is written, and told, when the shadow cannot be', async () => {
      const full = (): Promise<never> => Promise.reject(new StoreUnavailable('disk full'));
      const shadow = { ...makeMemoryStore(systemClock), put: full, claimSuccessor: full, setEpoch: full };
      const store = await openWith(shadow);
      const nest = aRecord();
      expect(await store.put(nest, null)).toBe(true);
      expect(told).toContain(nest.id);
      expect(await store.claimSuccessor('old', nest.host, nest.id)).toBe(nest.id);
      expect(await store.get(nest.id)).toEqual(nest);
    });
  });
});
