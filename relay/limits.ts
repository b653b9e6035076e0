/** What one client may ask of the relay, and how much the relay keeps in hand for it. */
export interface Limits {
  /** Largest event, as JSON, in bytes. */
  eventBytes: number;
  /** Largest message a client may send, in bytes; a longer one ends the connection (close code 1009). */
  messageBytes: number;
  /** Filters in one REQ. */
  filtersPerRequest: number;
  /** Entries in any list of a filter: ids, authors, kinds, values of one tag. */
  valuesPerList: number;
  /** Subscriptions open at once on one connection. */
  subscriptions: number;
  /** Stored events one filter returns at most, also when it names no limit. */
  eventsPerFilter: number;
  /** Stored events one REQ returns at most, in bytes; the newest come first, so a client pages on with `until`. */
  replyBytes: number;
  /** Events a connection may send, on average and in one go. */
  eventsPerSecond: number;
  eventBurst: number;
  /** Requests (REQ and AUTH) a connection may send, on average and in one go. */
  requestsPerSecond: number;
  requestBurst: number;
  /** Bytes waiting for a client before it is read from no more, and before it is dropped. */
  pauseAtBytes: number;
  dropAtBytes: number;
  /** Bytes waiting for all clients together before the slowest of them is dropped. */
  backlogBytes: number;
  /** How far in the future `created_at` may lie, in seconds. */
  futureSeconds: number;
  /** Connections in all. */
  connections: number;
  /** Connections of one address; a household or an office has many people, each in several tabs. */
  connectionsPerAddress: number;
  /** How long events are gathered before one commit, in milliseconds, and how many at most. */
  commitDelayMs: number;
  commitEvents: number;
  /** How often clients are pinged and expired events cleared away, in milliseconds. */
  heartbeatMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The limits of a relay nobody configured. */
export const DEFAULT_LIMITS: Limits = {
  eventBytes: 64 * KIB,
  messageBytes: 256 * KIB,
  filtersPerRequest: 10,
  valuesPerList: 1000,
  subscriptions: 64,
  eventsPerFilter: 500,
  replyBytes: 4 * MIB,
  eventsPerSecond: 50,
  eventBurst: 200,
  requestsPerSecond: 50,
  requestBurst: 200,
  pauseAtBytes: 8 * MIB,
  dropAtBytes: 32 * MIB,
  backlogBytes: 256 * MIB,
  futureSeconds: 900,
  connections: 5000,
  connectionsPerAddress: 200,
  commitDelayMs: 3,
  commitEvents: 200,
  heartbeatMs: 30_000,
};
