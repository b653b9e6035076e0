import type { NostrEvent } from '@nests/protocol/event';
import type { Outcome, Storage } from './storage.ts';

/** What became of an event: an {@link Outcome}, or `failed` when the disk refused it. */
export type Committed = Outcome | 'failed';

type Waiting = { event: NostrEvent; done: (outcome: Committed) => void };

/**
 * Gathers events for a few milliseconds and stores them in one commit: a disk syncs a few hundred times a second, a
 * relay is sent thousands of events. Nobody hears of an event, nor does its author read OK, before it is safe.
 */
export class Commits {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;
  /** Whether the disk has refused everything that was last brought to it. */
  failing = false;

  /**
   * @param storage where events go
   * @param delayMs how long to gather
   * @param most how many events to gather before committing at once
   * @param onError told when the disk refuses
   */
  constructor(
    private readonly storage: Storage,
    private readonly delayMs: number,
    private readonly most: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Stores the event with the next commit; `done` is called after it, in the order the events came. */
  add(event: NostrEvent, done: (outcome: Committed) => void): void {
    this.waiting.push({ event, done });
    if (this.waiting.length >= this.most) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), this.delayMs);
  }

  /** Commits what is waiting now. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    const outcomes = this.store(batch.map(({ event }) => event));
    this.failing = outcomes.every((outcome) => outcome === 'failed');
    batch.forEach(({ done }, index) => done(outcomes[index] ?? 'failed'));
  }

  private store(events: NostrEvent[]): Committed[] {
    try {
      return this.storage.add(events);
    } catch (error) {
      this.onError(error);
      // One event the database cannot take must not cost the others their place.
      return events.length === 1 ? ['failed'] : events.flatMap((event) => this.store([event]));
    }
  }
}
