import type { Log } from './ports.ts';

/** Work that nobody waits for: it never fails loudly, and a graceful stop can wait until it is done. */
export class Background {
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Runs the task; a failure is one log line, because the sweep comes by again. */
  run(what: string, nestId: string, task: () => Promise<unknown>): void {
    const running: Promise<void> = task()
      .then(
        () => undefined,
        (error: unknown) => this.#log.debug(`${what} is left to the sweep`, { nestId, error }),
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is running any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** One at a time per key: whoever comes while one is under way gets that one's result. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** Runs the task, or joins the one under way for this key. */
  run(key: string, task: () => Promise<T>): Promise<T> {
    const flying = this.#flights.get(key);
    if (flying) return flying;
    const flight = task().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
