import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NestStore, StoreUnavailable } from '../nests/ports.ts';
import { openLibsqlStore } from './libsql.ts';
import { aRecord, storeContract } from './store.contract.ts';

storeContract('The embedded store', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nests-store-'));
  let now = Date.now();
  const store = await openLibsqlStore(path.join(folder, 'nests.db'), { now: () => now });
  return {
    store,
    pass: async (ms) => {
      now += ms;
    },
    stop: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('the embedded store on its disk', () => {
  let folder: string;
  let file: string;
  const open: NestStore[] = [];
  const openStore = async (): Promise<NestStore> => {
    const store = await openLibsqlStore(file, { now: () => Date.now() });
    open.push(store);
    return store;
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'nests-store-'));
    file = path.join(folder, 'data', 'nests.db');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
    await rm(folder, { recursive: true });
  });

  it('finds its nests again after a stop', async () => {
    const record = aRecord();
    const first = await openStore();
    await first.put(record, null);
    await first.close();
    expect(await (await openStore()).get(record.id)).toEqual(record);
  });

  it('is readable by a person: one row per nest, with status, JSON and expiry', async () => {
    const record = aRecord();
    await (await openStore()).put(record, null);
    const database = new Libsql(file);
    const row = database.prepare('SELECT id, rev, status, json, expires_at FROM nests').get() as object;
    expect(database.pragma('journal_mode', { simple: true })).toMatchObject({ journal_mode: 'wal' });
    database.close();
    expect(row).toMatchObject({
      id: record.id,
      rev: 1,
      status: 'active',
      json: JSON.stringify(record),
      expires_at: record.lastAliveAt + 24 * 3_600_000,
    });
  });

  it('sees at once what another process deletes or changes', async () => {
    const [gone, changed] = [aRecord(), aRecord()];
    const store = await openStore();
    await store.put(gone, null);
    await store.put(changed, null);
    const other = new Libsql(file);
    other.prepare('DELETE FROM nests WHERE id = ?').run(gone.id);
    other
      .prepare('UPDATE nests SET rev = 5, json = ? WHERE id = ?')
      .run(JSON.stringify({ ...changed, rev: 5 }), changed.id);
    other.close();
    expect(await store.get(gone.id)).toBeUndefined();
    expect((await store.get(changed.id))?.rev).toBe(5);
    expect(await store.put({ ...changed, rev: 2 }, 1)).toBe(false);
  });

  it('never takes a row it cannot read for a missing one', async () => {
    const record = aRecord();
    const store = await openStore();
    await store.put(record, null);
    const other = new Libsql(file);
    other.prepare(`UPDATE nests SET json = 'oops' WHERE id = ?`).run(record.id);
    other.close();
    await expect(store.get(record.id)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('lists the nests around a row it cannot read, and says once which one that is', async () => {
    const errors: object[] = [];
    const log = { error: (_: string, fields: object = {}) => void errors.push(fields) };
    const store = await openLibsqlStore(file, { now: () => Date.now() }, log);
    open.push(store);
    const [spoilt, whole] = [aRecord(), aRecord()];
    await store.put(spoilt, null);
    await store.put(whole, null);
    const other = new Libsql(file);
    other.prepare(`UPDATE nests SET json = '{"id":7}' WHERE id = ?`).run(spoilt.id);
    other.close();
    expect(await store.active()).toEqual([whole]);
    expect(await store.all()).toEqual([whole]);
    expect(errors).toEqual([expect.objectContaining({ nestId: spoilt.id })]);
  });

  it('is unavailable, not empty, when its file is no database', async () => {
    file = path.join(folder, 'letter.txt');
    await writeFile(file, 'Dear reader, this is a letter and not a database. '.repeat(100));
    await expect(openStore()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('is unavailable, not empty, after it was closed', async () => {
    const store = await openStore();
    await store.close();
    await expect(store.get(randomUUID())).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('answers those who came before it was closed', async () => {
    const record = aRecord();
    const store = await openStore();
    const put = store.put(record, null);
    await store.close();
    expect(await put).toBe(true);
  });

  it('waits for the disk in a thread of its own: this one goes on', async () => {
    const record = aRecord();
    const store = await openStore();
    const other = new Libsql(file);
    other.exec('BEGIN IMMEDIATE');
    const put = store.put(record, null);
    const read = await new Promise((resolve) => setImmediate(() => resolve('this thread went on')));
    other.exec('ROLLBACK');
    other.close();
    expect(read).toBe('this thread went on');
    expect(await put).toBe(true);
  });

  it('reads on while another process writes', async () => {
    const record = aRecord();
    const store = await openStore();
    await store.put(record, null);
    const other = new Libsql(file);
    other.exec('BEGIN IMMEDIATE');
    expect(await store.get(record.id)).toEqual(record);
    other.exec('ROLLBACK');
    other.close();
  });

  it('comes back when its thread dies, and says that what was under way is unknown', async () => {
    const threads: Worker[] = [];
    const onWorker = (worker: Worker): void => void threads.push(worker);
    process.on('worker', onWorker);
    const store = await openStore();
    process.off('worker', onWorker);
    const record = aRecord();
    await store.put(record, null);
    // It reads this before what it is asked next, cannot, and dies as of any fault of its own.
    threads[0]?.postMessage(null);
    await expect(store.put({ ...record, rev: 2 }, 1)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(threads[0]?.threadId).toBe(-1);
    expect(await store.get(record.id)).toBeDefined();
    expect(await store.put(aRecord(), null)).toBe(true);
  });

  it('survives kill -9: whatever it has answered is there', { timeout: 60_000 }, async () => {
    const program = path.join(folder, 'writer.mjs');
    await build({
      stdin: {
        contents: `
          import { openLibsqlStore } from './libsql.ts';
          import { newRecord } from '../nests/create.ts';
          const store = await openLibsqlStore(process.argv[2], { now: () => Date.now() });
          for (let count = 0; ; count += 1) {
            const id = 'nest-' + count;
            await store.put(newRecord(id, 'a'.repeat(64), { relays: [], hls_stream: false }, Date.now()), null);
            process.stdout.write(id + '\\n');
          }`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      format: 'esm',
      platform: 'node',
      external: ['libsql'],
      alias: { '@nests/protocol': path.join(import.meta.dirname, '../../protocol') },
      outfile: program,
    });
    // Beside a bundle far away from node_modules, libsql has to be found from here.
    await writeFile(path.join(folder, 'package.json'), '{}');
    await symlink(path.join(import.meta.dirname, '../../node_modules'), path.join(folder, 'node_modules'));
    const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const answered: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      answered.push(line);
      if (answered.length === 300) child.kill('SIGKILL');
    }
    const store = await openStore();
    const stored = new Set((await store.all()).map(({ id }) => id));
    expect(answered.length).toBeGreaterThanOrEqual(300);
    expect(answered.filter((id) => !stored.has(id))).toEqual([]);
    const next = aRecord();
    expect(await store.put(next, null)).toBe(true);
  });
});
