/**
 * The relay's database.
 * `events.address` is unique: of a replaceable event only the newest is there (NIP-01).
 * `tags` is the index for `#x` filters, in the order they are read: newest first.
 * `deleted` remembers what an author asked to delete, whether it was here or not, so that it stays deleted (NIP-09):
 * `what` is an event id or an address, `until` the latest `created_at` that is deleted.
 */
export const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    pubkey TEXT NOT NULL,
    kind INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    address TEXT UNIQUE,
    expires INTEGER,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_by_time ON events (created_at DESC, id);
  CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, created_at DESC, id);
  CREATE INDEX IF NOT EXISTS events_by_author ON events (pubkey, kind, created_at DESC, id);
  CREATE INDEX IF NOT EXISTS events_by_expiry ON events (expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS tags (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    PRIMARY KEY (name, value, created_at DESC, seq)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tags_by_event ON tags (seq);
  CREATE TABLE IF NOT EXISTS deleted (
    what TEXT NOT NULL,
    pubkey TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (what, pubkey)
  ) WITHOUT ROWID;
`;
