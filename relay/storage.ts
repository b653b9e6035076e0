import type { NostrEvent } from '@nests/protocol/event';
import Database from 'libsql';
import { indexedTags, type Filter } from './filters.ts';
import { addressOf, DELETION_KIND, expirationOf } from './kinds.ts';
import { indexForm, selectEvents } from './query.ts';
import { SCHEMA } from './schema.ts';

/** What became of an event: only `stored` ones are new to anybody. */
export type Outcome = 'stored' | 'duplicate' | 'superseded' | 'deleted';

/** A stored event as it leaves the database. */
export interface StoredEvent {
  id: string;
  createdAt: number;
  json: string;
}

/** How large an event is, found but not read yet. */
interface Size {
  id: string;
  createdAt: number;
  bytes: number;
}

/**
 * The relay's events on disk: replaceable ones replaced, deleted ones gone for good. Every call is one step: what
 * {@link Storage.add} has returned survives a kill and a power cut.
 */
export class Storage {
  private readonly db: Database.Database;
  private readonly statements;
  private readonly queries = new Map<string, Statement>();

  /**
   * Opens the database, creating it if need be.
   * @param path a file, or `:memory:`
   */
  constructor(path: string) {
    this.db = new Database(path);
    this.db.exec(SCHEMA);
    this.statements = prepareStatements(this.db);
  }

  /**
   * Adds events in one commit, in order.
   * @returns what became of each, in the same order
   * @throws when the disk refuses; then none of them is stored
   */
  add(events: NostrEvent[]): Outcome[] {
    return this.inOneCommit(() => events.map((event) => this.addOne(event)));
  }

  /**
   * The stored events that match, newest first, then by id; each once, also where several filters match.
   * @param filters at least one of them must match; each has its own limit
   * @param bounds rows per filter and bytes in all; `now` in unix seconds, for what has expired
   */
  find(filters: Filter[], bounds: { rows: number; bytes: number; now: number }): StoredEvent[] {
    const found = new Map<string, Size>();
    for (const filter of filters) {
      for (const event of this.findOne(filter, bounds)) found.set(event.id, event);
    }
    const newestFirst = [...found.values()].sort(
      (a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1),
    );
    // Only what is sent is read from the disk.
    const ids = upToBytes(newestFirst, bounds.bytes).map(({ id }) => id);
    const read = this.statements.byIds.all([JSON.stringify(ids)]).map(storedEvent);
    const events = new Map(read.map((event) => [event.id, event]));
    return ids.flatMap((id) => events.get(id) ?? []);
  }

  /** Clears away what has expired (NIP-40) by `now`, unix seconds. */
  removeExpired(now: number): void {
    this.statements.removeExpired.run([now]);
  }

  /** Closes the file. */
  close(): void {
    this.db.close();
  }

  private findOne(filter: Filter, bounds: { rows: number; now: number }): Size[] {
    const limit = Math.min(filter.limit ?? bounds.rows, bounds.rows);
    if (limit === 0) return [];
    const { sql, values } = selectEvents(filter, limit, bounds.now);
    return this.prepared(sql).all(values).map(sizeOf);
  }

  private prepared(sql: string): Statement {
    const known = this.queries.get(sql);
    if (known) return known;
    if (this.queries.size >= QUERIES_KEPT) this.queries.clear();
    const statement = this.db.prepare(sql).raw();
    this.queries.set(sql, statement);
    return statement;
  }

  private addOne(event: NostrEvent): Outcome {
    const { byId, byAddress, insert, insertTag, remove } = this.statements;
    if (byId.get([event.id])) return 'duplicate';
    const address = addressOf(event);
    if (this.isDeleted(event, address)) return 'deleted';
    const addressForm = address === null ? null : indexForm(address);
    if (addressForm !== null) {
      const [rival] = byAddress.all([addressForm]).map(storedEvent);
      if (rival && isNewer(rival, event)) return 'superseded';
      if (rival) remove.run([rival.id]);
    }
    const row = [event.id, event.pubkey, event.kind, event.created_at, addressForm, expirationOf(event)];
    const seq = Number(insert.run([...row, JSON.stringify(event)]).lastInsertRowid);
    for (const [name, value] of indexedTags(event)) {
      insertTag.run([name, indexForm(value), event.created_at, seq]);
    }
    if (event.kind === DELETION_KIND) this.carryOut(event);
    return 'stored';
  }

  private isDeleted(event: NostrEvent, address: string | null): boolean {
    if (event.kind === DELETION_KIND) return false;
    const asked = (what: string): boolean =>
      this.statements.deleted.get([indexForm(what), event.pubkey, event.created_at]) !== undefined;
    return asked(event.id) || (address !== null && asked(address));
  }

  /** Deletes what a deletion request names, as far as it is its author's own (NIP-09). */
  private carryOut(request: NostrEvent): void {
    const { remember, removeOwn, removeOwnByAddress } = this.statements;
    for (const [name, what] of request.tags) {
      if (what === undefined) continue;
      if (name === 'e') {
        remember.run([indexForm(what), request.pubkey, Number.MAX_SAFE_INTEGER]);
        removeOwn.run([what, request.pubkey, DELETION_KIND]);
      } else if (name === 'a') {
        remember.run([indexForm(what), request.pubkey, request.created_at]);
        removeOwnByAddress.run([indexForm(what), request.pubkey, request.created_at]);
      }
    }
  }

  private inOneCommit<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }
}

type Statement = Database.Statement;

const QUERIES_KEPT = 200;

function prepareStatements(db: Database.Database) {
  return {
    byId: db.prepare('SELECT 1 FROM events WHERE id = ?').raw(),
    byIds: db
      .prepare('SELECT id, created_at, json FROM events WHERE id IN (SELECT value FROM json_each(?))')
      .raw(),
    byAddress: db.prepare('SELECT id, created_at, json FROM events WHERE address = ?').raw(),
    insert: db.prepare(
      'INSERT INTO events (id, pubkey, kind, created_at, address, expires, json) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    insertTag: db.prepare('INSERT OR IGNORE INTO tags (name, value, created_at, seq) VALUES (?, ?, ?, ?)'),
    remove: db.prepare('DELETE FROM events WHERE id = ?'),
    removeOwn: db.prepare('DELETE FROM events WHERE id = ? AND pubkey = ? AND kind <> ?'),
    removeOwnByAddress: db.prepare('DELETE FROM events WHERE address = ? AND pubkey = ? AND created_at <= ?'),
    removeExpired: db.prepare('DELETE FROM events WHERE expires <= ?'),
    deleted: db.prepare('SELECT 1 FROM deleted WHERE what = ? AND pubkey = ? AND until >= ?').raw(),
    remember: db.prepare(
      `INSERT INTO deleted (what, pubkey, until) VALUES (?, ?, ?)
       ON CONFLICT (what, pubkey) DO UPDATE SET until = max(until, excluded.until)`,
    ),
  };
}

/** Of two events with one address the later stays; of two of the same second, the lower id (NIP-01). */
function isNewer(rival: StoredEvent, event: NostrEvent): boolean {
  return rival.createdAt > event.created_at || (rival.createdAt === event.created_at && rival.id < event.id);
}

function storedEvent(row: unknown): StoredEvent {
  if (!Array.isArray(row)) throw new TypeError('a row is an array');
  const [id, createdAt, json] = row as unknown[];
  if (typeof id !== 'string' || typeof createdAt !== 'number' || typeof json !== 'string') {
    throw new TypeError('a stored event has an id, a time and its JSON');
  }
  return { id, createdAt, json };
}

function sizeOf(row: unknown): Size {
  if (!Array.isArray(row)) throw new TypeError('a row is an array');
  const [id, createdAt, bytes] = row as unknown[];
  if (typeof id !== 'string' || typeof createdAt !== 'number' || typeof bytes !== 'number') {
    throw new TypeError('a found event has an id, a time and a size');
  }
  return { id, createdAt, bytes };
}

/** The first of them, as many as fit; one at least. */
function upToBytes(events: Size[], most: number): Size[] {
  let left = most;
  const end = events.findIndex(({ bytes }, index) => (left -= bytes) < 0 && index > 0);
  return end === -1 ? events : events.slice(0, end);
}
