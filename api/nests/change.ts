import { NestError } from './errors.ts';
import type { Clock, NestStore } from './ports.ts';
import type { NestRecord } from './record.ts';

/** How often a change is tried again when other replicas write the same nest at the same moment. */
const MOST_ATTEMPTS = 100;
/** After so many conflicts in a row, give the others a moment (ms). */
const PATIENCE = 5;
const PAUSE_MS = 2;

/** A pure change; it may refuse by throwing a NestError, and returns the same object when there is nothing to do. */
export type Transition = (record: NestRecord, now: number) => NestRecord;

/** What became of a change. */
export interface Changed {
  /** this very change changed something */
  changed: boolean;
  /** the record that this change found */
  before: NestRecord;
  /** the record as it is stored now; changes that came along at the same moment may be in it too */
  record: NestRecord;
}

/** Told of every record this process wrote; `before` is undefined for a new one. Must not throw. */
export type CommitListener = (before: NestRecord | undefined, after: NestRecord) => void;

interface Waiting {
  transition: Transition;
  resolve: (changed: Changed) => void;
  reject: (error: unknown) => void;
}

/** What one of several changes made of the record. */
type Outcome =
  { waiting: Waiting; before: NestRecord; changed: boolean } | { waiting: Waiting; error: unknown };

/**
 * The one way to change a record: read, transition, compare-and-set on `rev`, again on conflict. Changes of one nest
 * that wait for each other in this process are written together, so that two hundred hands cost a few writes.
 */
export class Records {
  readonly #store: NestStore;
  readonly #clock: Clock;
  readonly #committed: CommitListener;
  readonly #queues = new Map<string, Waiting[]>();

  constructor(store: NestStore, clock: Clock, committed: CommitListener) {
    this.#store = store;
    this.#clock = clock;
    this.#committed = committed;
  }

  /** The record as it is stored now. */
  get(id: string): Promise<NestRecord | undefined> {
    return this.#store.get(id);
  }

  /** Stores a record that was not there before; false when there is one already. */
  async add(record: NestRecord): Promise<boolean> {
    const added = await this.#store.put(record, null);
    if (added) this.#committed(undefined, record);
    return added;
  }

  /**
   * Applies a transition to the record as it is when it is written.
   * @throws what the transition throws; NestError `room_not_found` without a record, `conflict` when others never let
   * it through; StoreUnavailable, after which the change may or may not be stored
   */
  change(id: string, transition: Transition): Promise<Changed> {
    return new Promise((resolve, reject) => {
      const waiting = { transition, resolve, reject };
      const queue = this.#queues.get(id);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      this.#queues.set(id, started);
      void this.#work(id, started);
    });
  }

  async #work(id: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0);
      try {
        await this.#write(id, batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#queues.delete(id);
  }

  async #write(id: string, batch: Waiting[]): Promise<void> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const stored = await this.#store.get(id);
      if (!stored) throw new NestError('room_not_found');
      const { outcomes, record } = applyAll(batch, stored, this.#clock.now());
      if (record === stored) {
        settle(outcomes, stored);
        return;
      }
      const next = { ...record, rev: stored.rev + 1 };
      if (await this.#store.put(next, stored.rev)) {
        this.#committed(stored, next);
        settle(outcomes, next);
        return;
      }
      if (attempt >= PATIENCE) await this.#clock.sleep(PAUSE_MS);
    }
    throw new NestError('conflict');
  }
}

function applyAll(
  batch: Waiting[],
  stored: NestRecord,
  now: number,
): { outcomes: Outcome[]; record: NestRecord } {
  let record = stored;
  const outcomes = batch.map((waiting): Outcome => {
    try {
      const before = record;
      record = waiting.transition(before, now);
      return { waiting, before, changed: record !== before };
    } catch (error) {
      return { waiting, error };
    }
  });
  return { outcomes, record };
}

function settle(outcomes: Outcome[], record: NestRecord): void {
  for (const outcome of outcomes) {
    if ('error' in outcome) outcome.waiting.reject(outcome.error);
    else outcome.waiting.resolve({ changed: outcome.changed, before: outcome.before, record });
  }
}
