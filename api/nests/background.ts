import { setMaxListeners } from 'node:events';
import type { Clock, Log } from './ports.ts';

/** The process stops, so nothing waits in the background any more. */
class Stopping extends Error {
  override name = 'Stopping';
}

/** Work that nobody waits for: it never fails loudly, and a graceful stop can wait until it is done. */
export class Background {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();
  readonly #hurry = new AbortController();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    setMaxListeners(0, this.#hurry.signal);
  }

  /** Waits, for work that runs here. @throws when the process stops: what is left is the next sweep's */
  async pause(ms: number): Promise<void> {
    await this.#clock.sleep(ms, this.#hurry.signal);
    if (this.#hurry.signal.aborted) throw new Stopping('The process stops');
  }

  /** From now on nothing waits: the process stops. */
  hurry(): void {
    this.#hurry.abort();
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
