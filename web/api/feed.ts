import type { FeedEvent } from '@nests/protocol/api';
import { atom, type ReadableAtom } from 'nanostores';

import { backOff, type Clock } from './clock.ts';
import { ApiError, retryAfterSeconds } from './error.ts';
import { SseParser } from './sse-parser.ts';

/** Who wants to know. */
export interface FeedListener {
  /** The first event after each (re)connection is a `state`: the whole truth, whatever was missed before. */
  onEvent(event: FeedEvent): void;
  /** The server refused the stream (404, 410, 401, 429 …). After a 410 the feed closes by itself; otherwise it keeps trying. */
  onProblem(problem: ApiError): void;
}

/** An open feed. */
export interface FeedSubscription {
  readonly $status: ReadableAtom<FeedStatus>;
  /** Stop for good; no event arrives afterwards. */
  close(): void;
  /** Stop waiting and connect now: the network is back, or somebody has reason to believe so. */
  wake(): void;
}

/** `waiting` = between two tries. */
export type FeedStatus = 'connecting' | 'open' | 'waiting' | 'closed';

interface FeedParts {
  url: string;
  session: () => string | undefined;
  fetch: typeof fetch;
  clock: Clock;
  listener: FeedListener;
}

/** The server sends a comment every 15 s; two of them missing means the connection is dead even if nobody has said so. */
const SILENCE_MS = 35_000;
const BASE_MS = 500;
const CAP_MS = 10_000;

/**
 * Follow a nest's event stream. Read with `fetch` and not `EventSource`, which can neither carry a session nor tell a 404 from a dropped
 * connection. Reconnects with back-off and jitter until closed.
 */
export function openFeed(parts: FeedParts): FeedSubscription {
  const feed = new Feed(parts);
  void feed.run();
  return feed;
}

class Feed implements FeedSubscription {
  readonly $status = atom<FeedStatus>('connecting');
  readonly #parts: FeedParts;
  #closed = false;
  #failures = 0;
  #retryAfterMs = 0;
  #abort = new AbortController();
  #wake = () => undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  close(): void {
    this.#closed = true;
    this.$status.set('closed');
    this.#abort.abort();
    this.#wake();
  }

  wake(): void {
    this.#failures = 0;
    this.#wake();
  }

  async run(): Promise<void> {
    while (!this.#isClosed()) {
      this.$status.set('connecting');
      await this.#connectOnce();
      if (this.#isClosed()) return;
      this.$status.set('waiting');
      await this.#pause();
    }
  }

  /** A call, because it changes while others are awaited. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #pause(): Promise<void> {
    const { clock } = this.#parts;
    const ms = Math.max(this.#retryAfterMs, backOff(clock, this.#failures++, BASE_MS, CAP_MS));
    this.#retryAfterMs = 0;
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  async #connectOnce(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const watch = new SilenceWatch(this.#parts.clock, SILENCE_MS, () => abort.abort());
    try {
      const session = this.#parts.session();
      const response = await this.#parts.fetch(this.#parts.url, {
        headers: {
          accept: 'text/event-stream',
          ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
        },
        signal: abort.signal,
        cache: 'no-store',
        credentials: 'omit',
      });
      if (!response.ok) {
        await this.#refused(response);
        return;
      }
      await this.#read(response, watch);
    } catch {
      // A dropped connection needs no words here: the badge shows it, and the next try follows.
    } finally {
      watch.stop();
      abort.abort();
    }
  }

  async #read(response: Response, watch: SilenceWatch): Promise<void> {
    if (!response.body) return;
    this.$status.set('open');
    const parser = new SseParser((name, data) => this.#deliver(name, data));
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.#closed) return;
      watch.heard();
      parser.push(decoder.decode(value, { stream: true }));
    }
  }

  #deliver(name: string, data: string): void {
    if (this.#closed) return;
    const event = readFeedEvent(name, data);
    if (!event) return;
    this.#failures = 0;
    this.#parts.listener.onEvent(event);
  }

  async #refused(response: Response): Promise<void> {
    const body: unknown = await response.json().catch(() => null);
    const said: { code?: unknown; error?: unknown } = typeof body === 'object' && body !== null ? body : {};
    const retryAfterS = retryAfterSeconds(response.headers.get('retry-after'), this.#parts.clock.now());
    this.#retryAfterMs = (retryAfterS ?? 0) * 1000;
    if (this.#closed) return;
    if (response.status === 410) this.close();
    this.#parts.listener.onProblem(
      new ApiError({
        status: response.status,
        code: typeof said.code === 'string' ? said.code : 'unknown',
        message: typeof said.error === 'string' ? said.error : response.statusText,
        ...(retryAfterS === undefined ? {} : { retryAfterS }),
      }),
    );
  }
}

/** Calls `onSilence` when nothing was heard for `ms`. */
class SilenceWatch {
  #cancel: () => void;
  readonly #again: () => () => void;

  constructor(clock: Clock, ms: number, onSilence: () => void) {
    this.#again = () => clock.after(ms, onSilence);
    this.#cancel = this.#again();
  }

  heard(): void {
    this.#cancel();
    this.#cancel = this.#again();
  }

  stop(): void {
    this.#cancel();
  }
}

const TYPES = new Set(['state', 'restarted', 'moved', 'ended', 'participants']);

/**
 * One feed event from its name and JSON, or null for what this version does not know. Used for LiveKit data packets too, which carry the
 * same JSON.
 */
export function readFeedEvent(name: string, data: string): FeedEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(data === '' ? '{}' : data);
  } catch {
    return null;
  }
  return asFeedEvent(name, value);
}

/** The same from a value that is already parsed. Only the fields that decide what we do are checked. */
export function asFeedEvent(name: string, value: unknown): FeedEvent | null {
  if (typeof value !== 'object' || value === null) return null;
  const event: Record<string, unknown> = { type: name, ...value };
  const type = event['type'];
  if (typeof type !== 'string' || !TYPES.has(type)) return null;
  if (type === 'restarted' && !Number.isSafeInteger(event['generation'])) return null;
  if (type === 'moved' && (typeof event['roomId'] !== 'string' || typeof event['host'] !== 'string'))
    return null;
  if (type === 'state' && !isState(event)) return null;
  // Checked above as far as it matters; the rest is the contract's word.
  return event as FeedEvent;
}

function isState(event: Record<string, unknown>): boolean {
  return (
    typeof event['status'] === 'string' &&
    Number.isSafeInteger(event['generation']) &&
    typeof event['host'] === 'string' &&
    Array.isArray(event['speakers']) &&
    Array.isArray(event['admins']) &&
    Array.isArray(event['hands'])
  );
}
