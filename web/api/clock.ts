/** Time as a port, so that everything that waits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Call `fn` once after `ms`; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** Whether it has been aborted by now; a call, because that changes while others are awaited. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Wait `ms`, or less when `signal` aborts; never rejects. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      cancel();
      resolve();
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/**
 * How long to wait before try number `attempt` (0 = the first repetition): doubling from `baseMs` to `capMs`, each time somewhere between
 * half and all of it, so that a thousand clients that lost the same server do not return in the same instant.
 */
export function backOff(clock: Clock, attempt: number, baseMs: number, capMs: number): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 20));
  return full * (0.5 + clock.random() / 2);
}
