/** How long the pair (old id, requester) is kept, in ms: as long as a tombstone. */
export const SUCCESSOR_MS = 30 * 24 * 3_600_000;

/**
 * The tables of the embedded store. A person with `sqlite3` can read them: one row per nest, the record itself as JSON,
 * times in ms. Durable: a commit that was answered survives `kill -9` and power loss.
 */
export const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS nests (
    id TEXT PRIMARY KEY, rev INTEGER NOT NULL, status TEXT NOT NULL, json TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS nests_by_status ON nests (status);
  CREATE TABLE IF NOT EXISTS successors (
    old_id TEXT NOT NULL, requester TEXT NOT NULL, new_id TEXT NOT NULL, expires_at INTEGER NOT NULL,
    PRIMARY KEY (old_id, requester)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS used_once (key TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS hits (bucket TEXT PRIMARY KEY, count INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

/** Every statement, by name; what a caller sends to the database's thread is a name and values. */
export const STATEMENTS = {
  ping: 'SELECT 1 AS one',
  get: 'SELECT id, json FROM nests WHERE id = ?',
  active: `SELECT id, json FROM nests WHERE status <> 'ended'`,
  all: 'SELECT id, json FROM nests',
  insert: `INSERT INTO nests (id, rev, status, json, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING rev`,
  update: `UPDATE nests SET rev = ?, status = ?, json = ?, expires_at = ? WHERE id = ? AND rev = ? RETURNING rev`,
  drop: 'DELETE FROM nests WHERE id = ? AND rev = ? RETURNING rev',
  purgeNests: 'DELETE FROM nests WHERE expires_at <= ? RETURNING id',
  purgeSuccessors: 'DELETE FROM successors WHERE expires_at <= ?',
  purgeUsedOnce: 'DELETE FROM used_once WHERE expires_at <= ?',
  purgeHits: 'DELETE FROM hits WHERE expires_at <= ?',
  purgeLeases: 'DELETE FROM leases WHERE expires_at <= ?',
  successor: 'SELECT new_id FROM successors WHERE old_id = ? AND requester = ? AND expires_at > ?',
  successors: 'SELECT old_id, requester, new_id FROM successors WHERE expires_at > ?',
  claimSuccessor: `INSERT INTO successors (old_id, requester, new_id, expires_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET
      new_id = CASE WHEN expires_at <= ?5 THEN excluded.new_id ELSE new_id END,
      expires_at = CASE WHEN expires_at <= ?5 THEN excluded.expires_at ELSE expires_at END
    RETURNING new_id`,
  useOnce: `INSERT INTO used_once (key, expires_at) VALUES (?1, ?2)
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at WHERE expires_at <= ?3
    RETURNING key`,
  hit: `INSERT INTO hits (bucket, count, expires_at) VALUES (?1, 1, ?2)
    ON CONFLICT DO UPDATE SET
      count = CASE WHEN expires_at <= ?3 THEN 1 ELSE count + 1 END,
      expires_at = CASE WHEN expires_at <= ?3 THEN excluded.expires_at ELSE expires_at END
    RETURNING count, expires_at`,
  lease: `INSERT INTO leases (name, holder, expires_at) VALUES (?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE holder = excluded.holder OR expires_at <= ?4
    RETURNING holder`,
  epoch: `SELECT value FROM settings WHERE name = 'epoch'`,
  setEpoch: `INSERT INTO settings (name, value) VALUES ('epoch', ?)
    ON CONFLICT DO UPDATE SET value = excluded.value`,
} as const;

/** The name of a statement. */
export type StatementName = keyof typeof STATEMENTS;

/** What can be bound and what comes back. */
export type Value = string | number;
/** One row of an answer. */
export type Row = Record<string, Value>;

/** One request to the database's thread; all statements of a request, and of a batch, are one commit. */
export interface Job {
  name: StatementName;
  values: Value[];
}
