import Database from 'libsql';
import { join } from 'node:path';
import type { Stack } from './stack.ts';

/** The embedded store as an operator would get at it: the file, while the API runs. */

function withStore<T>(stack: Stack, work: (db: Database.Database) => T): T {
  const db = new Database(join(stack.data, 'nests.db'), { fileMustExist: true });
  try {
    db.exec('PRAGMA busy_timeout = 5000');
    return work(db);
  } finally {
    db.close();
  }
}

/** Deletes the record of a nest; true when there was one. */
export function deleteRecord(stack: Stack, id: string): boolean {
  return withStore(
    stack,
    (db) => db.prepare('DELETE FROM nests WHERE id = ? RETURNING id').all([id]).length > 0,
  );
}

/** True when the store has a record of the nest. */
export function hasRecord(stack: Stack, id: string): boolean {
  return withStore(stack, (db) => db.prepare('SELECT id FROM nests WHERE id = ?').all([id]).length > 0);
}
