import { ERRORS } from '@nests/protocol/errors';
import { NestError } from './errors.ts';
import { type Clock, MediaUnavailable, type NestStore, StoreUnavailable } from './ports.ts';

/** How many keys have attempts to make up for, at most; the oldest are forgotten first. */
const MOST_OWED = 10_000;

interface Owed {
  attempts: number;
  /** until when they matter, ms */
  until: number;
}

/**
 * How many nests one key may make. What failed through our own fault is made up for by the process that failed: ten times
 * 503 must not keep a host out for an hour.
 */
export class Quota {
  readonly #store: Pick<NestStore, 'hit'>;
  readonly #clock: Clock;
  readonly #limit: { count: number; windowMs: number } | null;
  readonly #owed = new Map<string, Owed>();

  constructor(
    store: Pick<NestStore, 'hit'>,
    clock: Clock,
    limit: { count: number; windowMs: number } | null,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#limit = limit;
  }

  /**
   * Counts one attempt against the quota of this key, then does the work.
   * @throws NestError `rate_limited`, and then the work was not begun
   */
  async spend<T>(pubkey: string, work: () => Promise<T>): Promise<T> {
    if (!this.#limit) return work();
    const { count, windowMs } = this.#limit;
    if (!this.#takeOwed(pubkey)) {
      const { allowed, retryAfterMs } = await this.#store.hit(`create:${pubkey}`, count, windowMs);
      if (!allowed) throw new NestError('rate_limited', { retryAfterMs });
    }
    try {
      return await work();
    } catch (error) {
      if (isOurs(error)) this.#owe(pubkey, windowMs);
      throw error;
    }
  }

  #takeOwed(pubkey: string): boolean {
    const owed = this.#owed.get(pubkey);
    if (!owed) return false;
    owed.attempts -= 1;
    if (owed.attempts === 0 || owed.until <= this.#clock.now()) this.#owed.delete(pubkey);
    return owed.until > this.#clock.now();
  }

  #owe(pubkey: string, windowMs: number): void {
    const attempts = (this.#owed.get(pubkey)?.attempts ?? 0) + 1;
    this.#owed.delete(pubkey);
    this.#owed.set(pubkey, { attempts, until: this.#clock.now() + windowMs });
    const [oldest] = this.#owed.keys();
    if (this.#owed.size > MOST_OWED && oldest !== undefined) this.#owed.delete(oldest);
  }
}

/** Did it fail through no fault of whoever asked? */
function isOurs(error: unknown): boolean {
  if (error instanceof NestError) return ERRORS[error.code].status >= 500;
  return error instanceof StoreUnavailable || error instanceof MediaUnavailable;
}
