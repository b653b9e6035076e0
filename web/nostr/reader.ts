import type { NostrEvent } from '@nests/protocol/event';
import type { Filter } from 'applesauce-core/helpers/filter';
import type { Intake } from './intake.ts';
import type { Relays } from './relays.ts';

/** What a reader is told while it reads. */
export interface Watching {
  /** Events of the filters came or went; the store has them. */
  changed: () => void;
  /** Every relay has sent what it had, or the time for that is over; told once. */
  settled?: () => void;
  /** How long to wait for relays that say nothing, in milliseconds. */
  settleMs?: number;
  /** Checked after everything that is urgent. */
  isPatient?: boolean;
}

const SETTLE_MS = 6_000;

/** Reads from relays into the store. */
export class Reader {
  private readonly relays: Relays;
  private readonly intake: Intake;

  constructor(relays: Relays, intake: Intake) {
    this.relays = relays;
    this.intake = intake;
  }

  /** Follows filters at relays until the returned function is called. */
  watch(urls: readonly string[], filters: Filter[], watching: Watching): () => void {
    const silent = new Set(urls);
    const taking = new Set<Promise<void>>();
    let isOver = false;
    const settle = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      void Promise.all(taking).then(() => watching.settled?.());
    };
    const deadline = setTimeout(settle, watching.settleMs ?? SETTLE_MS);
    const unfollow = this.intake.follow(filters, watching.changed);
    const unsubscribe = this.relays.subscribe(urls, filters, {
      event: (event) => {
        const taken = this.intake.take(event, filters, watching.isPatient !== true);
        if (isOver) return;
        taking.add(taken);
        void taken.then(() => taking.delete(taken));
      },
      settled: (url) => {
        silent.delete(url);
        if (silent.size === 0) settle();
      },
    });
    if (urls.length === 0) settle();
    return () => {
      isOver = true;
      clearTimeout(deadline);
      unfollow();
      unsubscribe();
    };
  }

  /** Asks relays once. Resolves with everything of the filters that is known then, at the latest when the time is over. */
  request(urls: readonly string[], filters: Filter[], timeoutMs: number): Promise<NostrEvent[]> {
    return new Promise((resolve) => {
      const stop = this.watch(urls, filters, {
        changed: () => undefined,
        settled: () => {
          stop();
          resolve(this.known(filters));
        },
        settleMs: timeoutMs,
      });
    });
  }

  /** Calls back when the store's events of the filters change, without asking anybody. */
  follow(filters: Filter[], changed: () => void): () => void {
    return this.intake.follow(filters, changed);
  }

  /** What the store has of the filters, in no order. */
  known(filters: Filter[]): NostrEvent[] {
    return this.intake.store.getByFilters(filters);
  }
}
