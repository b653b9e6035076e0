import {
  type Clock,
  type HitResult,
  type Log,
  type NestStore,
  StoreRecovering,
  type Succession,
} from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';
import { putBack } from './put-back.ts';

/** How often a replica looks whether the shared store still has its epoch, in ms. */
const WATCH_MS = 1_000;
/** How long (ms) no replica has put anything back until the store is declared whole: the others' turn. */
const QUIET_MS = 2_500;
/** How often a replica that waits for that asks, in ms. */
const ASK_MS = 250;
/** A replica that has put back what it knows waits no longer than this (ms) for the others. */
const MOST_QUIET_MS = 15_000;
/** How often a replica forgets what has expired in its shadow, in ms. */
const PURGE_MS = 60_000;
/** How many nests are caught up with side by side. */
const SIDE_BY_SIDE = 64;

/** How the replicas agree on the next epoch while they fill an emptied store. */
export interface Refill {
  /**
   * Says that this replica is putting back what it knows; the others wait until this is `standsMs` ago.
   * @returns the epoch to be, the same for all who fill; undefined when the store has an epoch
   */
  begin(candidate: string, standsMs: number): Promise<string | undefined>;
  /**
   * Declares the store whole, with `next` as its epoch.
   * @param forced wait for nobody
   * @returns `wait` while somebody is filling; `again` when the store was emptied again, or is whole with another epoch
   */
  finish(next: string, forced: boolean): Promise<'whole' | 'wait' | 'again'>;
}

/** What a shadowed store is made of. */
export interface ShadowedParts {
  /** the store that all replicas share, as it is: for filling it */
  bare: NestStore;
  /** the same store, which refuses everything about nests unless its epoch is the one that `epoch` answers */
  guarded: (epoch: () => string | undefined) => NestStore;
  refill: Refill;
  /** this replica's own durable store */
  shadow: NestStore;
  clock: Clock;
  log: Log;
  /** a new random epoch */
  newEpoch: () => string;
  /** called after each change, so that other replicas can hear of it: of a nest, or of the pair (nest, requester) */
  onChange: (nestId: string, requester?: string) => void;
}

/**
 * A shared store that survives being emptied.
 *
 * Each replica keeps a shadow of every record that it changed or heard of, in its own embedded store. The shared store carries a random
 * epoch, and a replica serves in that one epoch only for which it has put its shadow back. So where the epoch is missing, the store was
 * emptied: nothing is "not found" then, nothing is read or written, everything is `recovering`, until every replica that is alive has put
 * back what it knows. Per nest the highest `rev` wins, but a tombstone beats a record that was not reopened after it. Clients are never
 * evidence. See CONTRACT "Storage".
 */
export class ShadowedStore implements NestStore {
  readonly #parts: ShadowedParts;
  readonly #shared: NestStore;
  readonly #stop = new AbortController();
  #watching: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #catchingUp: Promise<void> | undefined;
  /** how often the shadow may have fallen behind */
  #gaps = 0;
  /** the epoch for which the shadow was put back, hence in which this replica serves */
  #epoch: string | undefined;
  /** changes that may be in the shared store and are not in the shadow yet */
  readonly #underWay = new Set<Promise<unknown>>();
  /** nests whose change is being read; true when another change arrived meanwhile */
  readonly #hearing = new Map<string, boolean>();

  constructor(parts: ShadowedParts) {
    this.#parts = parts;
    this.#shared = parts.guarded(() => this.#epoch);
  }

  /** Looks once, recovers when needed, and goes on watching until `close`. Resolves after the first look. */
  async open(): Promise<void> {
    await this.look();
    this.#watching = this.#watch();
    void this.catchUp();
  }

  /** @inheritdoc */
  get(id: string): Promise<NestRecord | undefined> {
    return this.#serve(() => this.#shared.get(id));
  }

  /** @inheritdoc */
  put(record: NestRecord, expectedRev: number | null): Promise<boolean> {
    return this.#change(async () => {
      if (!(await this.#shared.put(record, expectedRev))) return false;
      this.#parts.onChange(record.id);
      await this.#inShadow(record.id, () => this.#keep(record));
      return true;
    });
  }

  /** @inheritdoc */
  drop(id: string, expectedRev: number): Promise<boolean> {
    return this.#change(async () => {
      if (!(await this.#shared.drop(id, expectedRev))) return false;
      this.#parts.onChange(id);
      await this.#inShadow(id, () => this.#takeOver(id));
      return true;
    });
  }

  /** @inheritdoc */
  active(): Promise<NestRecord[]> {
    return this.#serve(() => this.#shared.active());
  }

  /** @inheritdoc */
  all(): Promise<NestRecord[]> {
    return this.#serve(() => this.#shared.all());
  }

  /** @inheritdoc */
  purge(now: number): Promise<number> {
    return this.#serve(() => this.#shared.purge(now));
  }

  /** @inheritdoc */
  successor(oldId: string, requester: string): Promise<string | undefined> {
    return this.#serve(() => this.#shared.successor(oldId, requester));
  }

  /** @inheritdoc */
  claimSuccessor(oldId: string, requester: string, newId: string): Promise<string> {
    return this.#change(async () => {
      const winner = await this.#shared.claimSuccessor(oldId, requester, newId);
      this.#parts.onChange(oldId, requester);
      await this.#inShadow(oldId, () => this.#parts.shadow.claimSuccessor(oldId, requester, winner));
      return winner;
    });
  }

  /** @inheritdoc */
  successors(): Promise<Succession[]> {
    return this.#serve(() => this.#shared.successors());
  }

  /** @inheritdoc */
  useOnce(key: string, ttlMs: number): Promise<boolean> {
    return this.#shared.useOnce(key, ttlMs);
  }

  /** @inheritdoc */
  hit(bucket: string, limit: number, windowMs: number): Promise<HitResult> {
    return this.#shared.hit(bucket, limit, windowMs);
  }

  /** @inheritdoc */
  lease(name: string, holder: string, ttlMs: number): Promise<boolean> {
    return this.#shared.lease(name, holder, ttlMs);
  }

  /** @inheritdoc */
  epoch(): Promise<string | undefined> {
    return this.#shared.epoch();
  }

  /** @inheritdoc */
  setEpoch(epoch: string): Promise<void> {
    return this.#shared.setEpoch(epoch);
  }

  /** @inheritdoc */
  ping(): Promise<void> {
    return this.#shared.ping();
  }

  /** @inheritdoc */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await this.#looking;
    await this.#catchingUp;
    await this.#parts.bare.close();
    await this.#parts.shadow.close();
  }

  /**
   * Another replica changed this nest, or claimed its successor: keeps what it is now. Many changes at once are read
   * once. Never throws.
   */
  async heard(id: string, requester?: string): Promise<void> {
    const key = requester === undefined ? id : `${id} ${requester}`;
    if (this.#hearing.has(key)) {
      this.#hearing.set(key, true);
      return;
    }
    do {
      this.#hearing.set(key, false);
      const work =
        requester === undefined ? () => this.#takeOver(id) : () => this.#takeOverPair(id, requester);
      await this.#note(work()).catch((error: unknown) => {
        // Where the store was emptied in between, whoever changed it puts it back.
        this.#parts.log.debug('What was heard could not be kept', { nestId: id, error });
      });
    } while (this.#hearing.get(key) === true);
    this.#hearing.delete(key);
  }

  /** Compares the whole shadow with the shared store, after a time in which nothing was heard. Never throws. */
  catchUp(): Promise<void> {
    this.#gaps += 1;
    this.#catchingUp ??= this.#catchUpUntilClear().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  /** Looks now whether the shared store was emptied, and does what is to be done about it. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#lookUntilClear()
      .catch((error: unknown) => {
        this.#parts.log.debug('The epoch of the store could not be read', { error });
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #watch(): Promise<void> {
    const { clock, shadow, log } = this.#parts;
    const { signal } = this.#stop;
    let purgedAt = -Infinity;
    for (;;) {
      await clock.sleep(WATCH_MS, signal);
      if (signal.aborted) return;
      await this.look();
      if (clock.now() - purgedAt < PURGE_MS) continue;
      purgedAt = clock.now();
      await shadow
        .purge(purgedAt)
        .catch((error: unknown) => log.warn('The shadow could not be tidied', { error }));
    }
  }

  async #lookUntilClear(): Promise<void> {
    while (!this.#stop.signal.aborted && !(await this.#lookOnce())) continue;
  }

  /** True when this replica serves in the store's epoch, or is to stop. */
  async #lookOnce(): Promise<boolean> {
    const { bare, shadow, log } = this.#parts;
    const epoch = await bare.epoch();
    if (epoch === undefined) return this.#fill();
    this.#epoch ??= await shadow.epoch();
    if (epoch === this.#epoch) return true;
    // Others have filled it without us: what only we know is still missing.
    const records = await this.#putBack();
    await this.#adopt(epoch);
    if (records > 0) log.warn('Added to the store what only this replica knew', { records });
    return true;
  }

  /** Fills the emptied store together with the other replicas. False when it was emptied again, or filled without us. */
  async #fill(): Promise<boolean> {
    const { refill, clock, log, newEpoch } = this.#parts;
    const { signal } = this.#stop;
    try {
      const next = await refill.begin(newEpoch(), QUIET_MS);
      if (next === undefined) return false;
      log.warn('The store has no epoch: it is new or was emptied. Putting back what this replica knows');
      const records = await this.#putBack(async () => {
        // With another candidate: one that was there before would hide that the store was emptied again.
        if ((await refill.begin(newEpoch(), QUIET_MS)) !== next) throw new StoreRecovering('Emptied again');
      });
      const patientUntil = clock.now() + MOST_QUIET_MS;
      for (;;) {
        await clock.sleep(ASK_MS, signal);
        if (signal.aborted) return true;
        const answer = await refill.finish(next, clock.now() >= patientUntil);
        if (answer === 'wait') continue;
        if (answer === 'again') return false;
        await this.#adopt(next);
        log.warn('The store is whole again', { records });
        return true;
      }
    } catch (error) {
      if (error instanceof StoreRecovering) return false;
      log.warn('The store could not be filled yet; trying again', { error });
      return true; // a second later
    }
  }

  /** Nothing that is under way may miss its turn: it reached the store before that was emptied. */
  async #putBack(beat?: () => Promise<void>): Promise<number> {
    await Promise.allSettled([...this.#underWay]);
    return putBack({ ...this.#parts, ...(beat ? { beat } : {}) });
  }

  async #adopt(epoch: string): Promise<void> {
    const { shadow, log } = this.#parts;
    await shadow.setEpoch(epoch).catch((error: unknown) => {
      log.error('The shadow cannot be written; it is put back again after the next start', { error });
    });
    this.#epoch = epoch;
    void this.catchUp();
  }

  async #serve<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreRecovering) void this.look();
      throw error;
    }
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    return this.#note(this.#serve(work));
  }

  #note<T>(work: Promise<T>): Promise<T> {
    const done = work.finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    return done;
  }

  /** What is in the shared store is done, whether or not the shadow could be written. */
  async #inShadow(nestId: string, work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => {
      this.#parts.log.error('A change is stored, but not in the shadow of this replica', { nestId, error });
    });
  }

  /** Keeps what this replica has just written, unless the shadow knows something newer. */
  async #keep(record: NestRecord): Promise<void> {
    const { shadow } = this.#parts;
    for (;;) {
      const kept = await shadow.get(record.id);
      if (kept?.rev === record.rev) return;
      // Newer, or left over from before the record was lost: the store knows.
      if (kept !== undefined && kept.rev > record.rev) return this.#takeOver(record.id);
      if (await shadow.put(record, kept?.rev ?? null)) return;
    }
  }

  /** Makes the shadow's record what the shared store has. It reads its own first, so that nothing newer is lost. */
  async #takeOver(id: string): Promise<void> {
    const { shadow } = this.#parts;
    for (;;) {
      const kept = await shadow.get(id);
      const there = await this.#shared.get(id);
      if (kept?.rev === there?.rev) return;
      const done = there ? await shadow.put(there, kept?.rev ?? null) : await shadow.drop(id, kept?.rev ?? 0);
      if (done) return;
    }
  }

  async #takeOverPair(oldId: string, requester: string): Promise<void> {
    const newId = await this.#shared.successor(oldId, requester);
    if (newId !== undefined) await this.#parts.shadow.claimSuccessor(oldId, requester, newId);
  }

  async #catchUpUntilClear(): Promise<void> {
    let gaps: number;
    do {
      gaps = this.#gaps;
      await this.#compare().catch((error: unknown) => {
        // It is compared again when this replica serves, and when it listens.
        this.#parts.log.debug('The shadow could not be compared', { error });
      });
    } while (gaps !== this.#gaps && !this.#stop.signal.aborted);
  }

  async #compare(): Promise<void> {
    const { shadow } = this.#parts;
    const there = new Map((await this.#shared.all()).map(({ id, rev }) => [id, rev]));
    const mine = new Map((await shadow.all()).map(({ id, rev }) => [id, rev]));
    const differ = [...new Set([...there.keys(), ...mine.keys()])].filter(
      (id) => there.get(id) !== mine.get(id),
    );
    while (differ.length > 0 && !this.#stop.signal.aborted) {
      const batch = differ.splice(0, SIDE_BY_SIDE);
      await Promise.allSettled(batch.map((id) => this.#note(this.#takeOver(id))));
    }
    for (const { oldId, requester, newId } of await this.#shared.successors()) {
      await shadow.claimSuccessor(oldId, requester, newId);
    }
  }
}
