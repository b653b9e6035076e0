import type { Clock } from '../ports.ts';

interface Timer {
  at: number;
  resolve: () => void;
}

/**
 * Time for tests: it stands still while anything is under way and jumps to the next timer when everybody waits, so that
 * hours pass in no time and always in the same order. Nobody may wait for anything real beside it.
 */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 10, 20, 12);
  readonly #timers: Timer[] = [];
  #ticking = false;

  /** @inheritdoc */
  now(): number {
    return this.#now;
  }

  /** @inheritdoc */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const abort = () => this.#fire(timer);
      const timer: Timer = {
        at: this.#now + Math.max(0, ms),
        resolve: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      // Behind those that are due at the same moment.
      const index = this.#timers.findIndex(({ at }) => at > timer.at);
      this.#timers.splice(index < 0 ? this.#timers.length : index, 0, timer);
      signal?.addEventListener('abort', abort);
      this.#tick();
    });
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    // After every promise that could still resolve without time passing.
    setImmediate(() => {
      this.#ticking = false;
      const [next] = this.#timers;
      if (!next) return;
      this.#now = Math.max(this.#now, next.at);
      this.#fire(next);
      this.#tick();
    });
  }

  #fire(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index < 0) return;
    this.#timers.splice(index, 1);
    timer.resolve();
  }
}
