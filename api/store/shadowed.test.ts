import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Backing, openBacking } from '../backing.ts';
import { systemClock } from '../nests/clock.ts';
import { StoreRecovering } from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';
import { supersedes } from './put-back.ts';
import { startTestRedis, type TestRedis } from './redis-for-tests.ts';
import { aRecord } from './store.contract.ts';

const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};
const around = {
  clock: systemClock,
  ids: { uuid: () => randomUUID(), random: () => randomUUID() },
  log: quiet,
};

/** A store that is filled again answers within seconds; waits for it. */
const whole = (replica: Backing): Promise<void> =>
  expect
    .poll(
      () =>
        replica.store.active().then(
          () => 'whole',
          (error: unknown) => String(error),
        ),
      { timeout: 15_000 },
    )
    .toBe('whole');

describe('a shared store that is emptied under two replicas', () => {
  let server: TestRedis;
  let operator: Redis;
  let folder: string;
  let replicas: Backing[];
  const open = async (name: string): Promise<Backing> => {
    const replica = await openBacking({ redisUrl: server.url, dataDir: path.join(folder, name) }, around);
    replicas.push(replica);
    return replica;
  };

  beforeEach(async () => {
    server = await startTestRedis();
    operator = new Redis(server.url);
    folder = await mkdtemp(path.join(os.tmpdir(), 'nests-shadows-'));
    replicas = [];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.close();
    operator.disconnect();
    await server.kill();
    await rm(folder, { recursive: true });
  });

  it('never says "not found" meanwhile, and has every nest of both afterwards', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const [first, second] = [aRecord(), aRecord()];
    await one.store.put(first, null);
    await two.store.put(second, null);
    await operator.flushall();
    await expect(one.store.get(first.id)).rejects.toThrow(StoreRecovering);
    await expect(one.store.active()).rejects.toThrow(StoreRecovering);
    await whole(one);
    expect(await one.store.get(first.id)).toEqual(first);
    expect(await one.store.get(second.id)).toEqual(second);
    expect(await one.store.get(randomUUID())).toBeUndefined();
  });

  it('takes a ban from the shadow of a replica that only heard of it', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const nest = aRecord();
    await one.store.put(nest, null);
    const banned: NestRecord = {
      ...nest,
      rev: nest.rev + 1,
      bans: [{ pubkey: 'b'.repeat(64), by: nest.host, at: 1 }],
    };
    const heard = new Redis(server.url);
    await heard.subscribe('nests:changed');
    const told = new Promise((resolve) => heard.once('message', resolve));
    await one.store.put(banned, nest.rev);
    await told;
    // The first replica and its disk are gone for good; the second one heard of the change and is alone.
    await one.close();
    replicas.splice(replicas.indexOf(one), 1);
    heard.disconnect();
    await expect
      .poll(
        async () => {
          await operator.flushall();
          await whole(two);
          return (await two.store.get(nest.id))?.bans.length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
  });

  it('remembers on disk when every replica was killed at the same moment', async () => {
    const one = await open('one');
    const ended: NestRecord = { ...aRecord(), status: 'ended', endedAt: Date.now() };
    const alive = aRecord();
    await one.store.put(ended, null);
    await one.store.put(alive, null);
    await one.close();
    replicas.length = 0;
    await operator.flushall();
    const again = await open('one');
    await whole(again);
    expect((await again.store.get(ended.id))?.status).toBe('ended');
    expect(await again.store.get(alive.id)).toEqual(alive);
  });

  it('adds what only a late replica knows after the others have refilled the store', async () => {
    const [one, late] = [await open('one'), await open('late')];
    const nest = aRecord();
    await late.store.put(nest, null);
    await late.close();
    replicas.splice(replicas.indexOf(late), 1);
    await one.close(); // and with it what it heard
    replicas.length = 0;
    await rm(path.join(folder, 'one'), { recursive: true });
    await operator.flushall();
    const fresh = await open('one');
    await whole(fresh);
    expect(await fresh.store.get(nest.id)).toBeUndefined();
    await open('late');
    expect(await fresh.store.get(nest.id)).toEqual(nest);
  });
});

describe('which of two shadows wins', () => {
  const base = { ...aRecord(), rev: 5, status: 'active' } satisfies NestRecord;
  const tombstone = { ...base, rev: 3, status: 'ended', endedAt: 1_000 } satisfies NestRecord;

  it('is the newer one', () => {
    expect(supersedes({ ...base, rev: 6 }, base)).toBe(true);
    expect(supersedes(base, { ...base, rev: 6 })).toBe(false);
    expect(supersedes(base, base)).toBe(false);
  });

  it('is the tombstone, also an older one', () => {
    expect(supersedes(tombstone, base)).toBe(true);
    expect(supersedes(base, tombstone)).toBe(false);
  });

  it('is a nest that was reopened after it had ended', () => {
    const reopened = { ...base, rev: 5, restartedAt: 2_000 } satisfies NestRecord;
    expect(supersedes(tombstone, reopened)).toBe(false);
    expect(supersedes(reopened, tombstone)).toBe(true);
  });
});
