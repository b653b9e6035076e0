import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Log, type NestStore, StoreUnavailable } from '../nests/ports.ts';
import { expiresAt } from '../nests/record.ts';
import { Database } from './database.ts';
import { RecordReader } from './read-record.ts';
import { SUCCESSOR_MS, type Row } from './schema.ts';

/**
 * Opens the embedded store: one file, for one process that serves nests. Other processes may read and change it
 * meanwhile.
 * @param file where it lies; made, with its folder, when missing
 * @param clock for everything that expires
 * @param log told of rows that are no nest, which lists leave out
 * @throws StoreUnavailable when it cannot be opened
 */
export async function openLibsqlStore(
  file: string,
  clock: { now(): number },
  log?: Pick<Log, 'error'>,
): Promise<NestStore> {
  await mkdir(path.dirname(file), { recursive: true }).catch((cause: unknown) => {
    throw new StoreUnavailable('The folder of the embedded store cannot be made', { cause });
  });
  const database = new Database(file);
  await database.open();
  return makeStore(database, clock, new RecordReader(log));
}

function makeStore(database: Database, clock: { now(): number }, reader: RecordReader): NestStore {
  return {
    async get(id) {
      const [row] = await database.run('get', id);
      return row && reader.one(id, textOf(row, 'json'));
    },
    async put(record, expectedRev) {
      const { id, rev, status } = record;
      const json = JSON.stringify(record);
      const rows =
        expectedRev === null
          ? await database.run('insert', id, rev, status, json, expiresAt(record))
          : await database.run('update', rev, status, json, expiresAt(record), id, expectedRev);
      return rows.length > 0;
    },
    async drop(id, expectedRev) {
      return (await database.run('drop', id, expectedRev)).length > 0;
    },
    async active() {
      return reader.many((await database.run('active')).map(entryOf));
    },
    async all() {
      return reader.many((await database.run('all')).map(entryOf));
    },
    async purge(now) {
      const [nests] = await Promise.all([
        database.run('purgeNests', now),
        database.run('purgeSuccessors', now),
        database.run('purgeUsedOnce', now),
        database.run('purgeHits', now),
        database.run('purgeLeases', now),
      ]);
      return nests.length;
    },
    async successor(oldId, requester) {
      const [row] = await database.run('successor', oldId, requester, clock.now());
      return row && textOf(row, 'new_id');
    },
    async claimSuccessor(oldId, requester, newId) {
      const now = clock.now();
      const [row] = await database.run('claimSuccessor', oldId, requester, newId, now + SUCCESSOR_MS, now);
      return textOf(row ?? {}, 'new_id');
    },
    async successors() {
      return (await database.run('successors', clock.now())).map((row) => ({
        oldId: textOf(row, 'old_id'),
        requester: textOf(row, 'requester'),
        newId: textOf(row, 'new_id'),
      }));
    },
    async useOnce(key, ttlMs) {
      const now = clock.now();
      return (await database.run('useOnce', key, now + ttlMs, now)).length > 0;
    },
    async hit(bucket, limit, windowMs) {
      const now = clock.now();
      const [row] = await database.run('hit', bucket, now + windowMs, now);
      const allowed = numberOf(row ?? {}, 'count') <= limit;
      return { allowed, retryAfterMs: allowed ? 0 : numberOf(row ?? {}, 'expires_at') - now };
    },
    async lease(name, holder, ttlMs) {
      const now = clock.now();
      return (await database.run('lease', name, holder, now + ttlMs, now)).length > 0;
    },
    async epoch() {
      const [row] = await database.run('epoch');
      return row && textOf(row, 'value');
    },
    async setEpoch(epoch) {
      await database.run('setEpoch', epoch);
    },
    async ping() {
      await database.run('ping');
    },
    close: () => database.close(),
  };
}

function entryOf(row: Row): [id: string, text: string] {
  return [textOf(row, 'id'), textOf(row, 'json')];
}

function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new StoreUnavailable(`The column ${column} is not text`);
  return value;
}

function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new StoreUnavailable(`The column ${column} is not a number`);
  return value;
}
