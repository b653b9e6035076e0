import { type Clock, type HitResult, type Log, type NestStore, StoreRecovering } from '../nests/ports.ts';
import { expiresAt, type NestRecord } from '../nests/record.ts';

/** How often a replica looks whether the shared store still has its epoch, in ms. */
const WATCH_MS = 1_000;
/** How long a replica waits after it put its shadow back until it declares the store whole, in ms: the others' turn. */
const SETTLE_MS = 2_500;

/** What a shadowed store is made of. */
export interface ShadowedParts {
  /** the store that all replicas share */
  shared: NestStore;
  /** this replica's own durable store */
  shadow: NestStore;
  clock: Clock;
  log: Log;
  /** a new random epoch */
  newEpoch: () => string;
  /** called after each change, with the nest's id, so that other replicas can hear of it */
  onChange: (nestId: string) => void;
}

/**
 * A shared store that survives being emptied.
 *
 * Each replica keeps a shadow of every record that it changed or heard of, in its own embedded store. The shared store carries a random
 * epoch; where that is missing, the store was emptied: nothing is "not found" then, everything is `recovering`, while each replica puts
 * back what it knows. Per nest the highest `rev` wins, but a tombstone beats a record that was not reopened after it. Clients are never
 * evidence. See CONTRACT "Storage".
 */
export class ShadowedStore implements NestStore {
  private readonly parts: ShadowedParts;
  private readonly stop = new AbortController();
  private watching: Promise<void> | undefined;
  private recovering: Promise<void> | undefined;
  private knownEpoch: string | undefined;
  /** nests whose change is being read; true when another change arrived meanwhile */
  private readonly hearing = new Map<string, boolean>();

  constructor(parts: ShadowedParts) {
    this.parts = parts;
  }

  /** Looks once, recovers when needed, and goes on watching until `close`. Resolves after the first look. */
  async open(): Promise<void> {
    await this.lookAtEpoch();
    this.watching = this.watch();
  }

  /** @inheritdoc */
  async get(id: string): Promise<NestRecord | undefined> {
    const record = await this.parts.shared.get(id);
    if (record === undefined) await this.refuseWhileRecovering();
    return record;
  }

  /** @inheritdoc */
  async put(record: NestRecord, expectedRev: number | null): Promise<boolean> {
    const written = await this.parts.shared.put(record, expectedRev);
    if (written) {
      this.parts.onChange(record.id);
      await this.keep(record);
    }
    return written;
  }

  /** @inheritdoc */
  async drop(id: string, expectedRev: number): Promise<boolean> {
    const dropped = await this.parts.shared.drop(id, expectedRev);
    if (dropped) await this.forget(id);
    return dropped;
  }

  /** @inheritdoc */
  async active(): Promise<NestRecord[]> {
    await this.refuseWhileRecovering();
    return this.parts.shared.active();
  }

  /** @inheritdoc */
  async all(): Promise<NestRecord[]> {
    await this.refuseWhileRecovering();
    return this.parts.shared.all();
  }

  /** @inheritdoc */
  async purge(now: number): Promise<number> {
    await this.parts.shadow.purge(now);
    return this.parts.shared.purge(now);
  }

  /** @inheritdoc */
  async successor(oldId: string, requester: string): Promise<string | undefined> {
    return (
      (await this.parts.shared.successor(oldId, requester)) ?? this.parts.shadow.successor(oldId, requester)
    );
  }

  /** @inheritdoc */
  async claimSuccessor(oldId: string, requester: string, newId: string): Promise<string> {
    const known = await this.parts.shadow.successor(oldId, requester);
    const winner = await this.parts.shared.claimSuccessor(oldId, requester, known ?? newId);
    await this.parts.shadow.claimSuccessor(oldId, requester, winner);
    return winner;
  }

  /** @inheritdoc */
  useOnce(key: string, ttlMs: number): Promise<boolean> {
    return this.parts.shared.useOnce(key, ttlMs);
  }

  /** @inheritdoc */
  hit(bucket: string, limit: number, windowMs: number): Promise<HitResult> {
    return this.parts.shared.hit(bucket, limit, windowMs);
  }

  /** @inheritdoc */
  lease(name: string, holder: string, ttlMs: number): Promise<boolean> {
    return this.parts.shared.lease(name, holder, ttlMs);
  }

  /** @inheritdoc */
  epoch(): Promise<string | undefined> {
    return this.parts.shared.epoch();
  }

  /** @inheritdoc */
  setEpoch(epoch: string): Promise<void> {
    return this.parts.shared.setEpoch(epoch);
  }

  /** @inheritdoc */
  ping(): Promise<void> {
    return this.parts.shared.ping();
  }

  /** @inheritdoc */
  async close(): Promise<void> {
    this.stop.abort();
    await this.watching;
    await this.recovering;
    await this.parts.shared.close();
    await this.parts.shadow.close();
  }

  /** Another replica changed this nest: read it and keep what it is now. Many changes at once are read once. Never throws. */
  async heard(id: string): Promise<void> {
    if (this.hearing.has(id)) {
      this.hearing.set(id, true);
      return;
    }
    do {
      this.hearing.set(id, false);
      await this.keepAsItIs(id);
    } while (this.hearing.get(id) === true);
    this.hearing.delete(id);
  }

  private async keepAsItIs(id: string): Promise<void> {
    try {
      const record = await this.parts.shared.get(id);
      if (record !== undefined) await this.keep(record);
    } catch (error) {
      this.parts.log.debug('What was heard could not be kept', { nestId: id, error });
    }
  }

  private async refuseWhileRecovering(): Promise<void> {
    if ((await this.parts.shared.epoch()) === undefined) {
      void this.recover();
      throw new StoreRecovering('The store was emptied and is being filled again');
    }
  }

  private async watch(): Promise<void> {
    const { signal } = this.stop;
    for (;;) {
      await this.parts.clock.sleep(WATCH_MS, signal);
      if (signal.aborted) return;
      await this.lookAtEpoch();
    }
  }

  /** Missing: recover. Another than the one we knew: it was emptied without us, so add what only we know. */
  private async lookAtEpoch(): Promise<void> {
    try {
      const epoch = await this.parts.shared.epoch();
      if (epoch === undefined) {
        await this.recover();
        return;
      }
      this.knownEpoch ??= await this.parts.shadow.epoch();
      if (epoch === this.knownEpoch) return;
      if (this.knownEpoch !== undefined) await this.putBack();
      await this.adopt(epoch);
    } catch (error) {
      this.parts.log.debug('The epoch of the store could not be read', { error });
    }
  }

  /** One recovery at a time. */
  private recover(): Promise<void> {
    this.recovering ??= this.refill().finally(() => {
      this.recovering = undefined;
    });
    return this.recovering;
  }

  private async refill(): Promise<void> {
    const { shared, clock, log, newEpoch } = this.parts;
    try {
      log.warn('The store has no epoch: it is new or was emptied. Putting back what this replica knows');
      const count = await this.putBack();
      await clock.sleep(SETTLE_MS, this.stop.signal);
      if (this.stop.signal.aborted) return;
      if ((await shared.epoch()) === undefined) await shared.setEpoch(newEpoch());
      const epoch = await shared.epoch();
      if (epoch !== undefined) await this.adopt(epoch);
      log.warn('The store is whole again', { records: count });
    } catch (error) {
      log.warn('The store could not be filled yet; trying again', { error });
    }
  }

  private async adopt(epoch: string): Promise<void> {
    await this.parts.shadow.setEpoch(epoch);
    this.knownEpoch = epoch;
  }

  /** Writes every record of the shadow that the shared store lacks or knows in an older state; says how many. */
  private async putBack(): Promise<number> {
    let written = 0;
    for (const record of await this.parts.shadow.all()) {
      if (expiresAt(record) <= this.parts.clock.now()) continue;
      if (await this.putBackOne(record)) written += 1;
    }
    return written;
  }

  private async putBackOne(record: NestRecord): Promise<boolean> {
    for (;;) {
      const there = await this.parts.shared.get(record.id);
      if (there !== undefined && !supersedes(record, there)) return false;
      const next = there === undefined ? record : { ...record, rev: Math.max(record.rev, there.rev + 1) };
      if (await this.parts.shared.put(next, there?.rev ?? null)) return true;
    }
  }

  private async keep(record: NestRecord): Promise<void> {
    for (;;) {
      const kept = await this.parts.shadow.get(record.id);
      if (kept !== undefined && kept.rev >= record.rev) return;
      if (await this.parts.shadow.put(record, kept?.rev ?? null)) return;
    }
  }

  private async forget(id: string): Promise<void> {
    for (;;) {
      const kept = await this.parts.shadow.get(id);
      if (kept === undefined || (await this.parts.shadow.drop(id, kept.rev))) return;
    }
  }
}

/** Does what a shadow knows replace what another one has put back already? */
export function supersedes(mine: NestRecord, there: NestRecord): boolean {
  if (mine.status === 'ended' && there.status !== 'ended') return !reopenedAfter(there, mine);
  if (there.status === 'ended' && mine.status !== 'ended') return reopenedAfter(mine, there);
  return mine.rev > there.rev;
}

function reopenedAfter(record: NestRecord, tombstone: NestRecord): boolean {
  return record.rev > tombstone.rev && (record.restartedAt ?? 0) >= (tombstone.endedAt ?? Infinity);
}
