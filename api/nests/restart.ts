import { personIdentity } from '@nests/protocol/identity';
import { type Creation, newRecord } from './create.ts';
import type { Doors } from './doors.ts';
import { NestError } from './errors.ts';
import type { Healer } from './healer.ts';
import { step } from './life.ts';
import type { Parts } from './parts.ts';
import { successorsOf } from './successors.ts';
import type { NestRecord } from './record.ts';
import type { Entry, Restarted } from './use-cases.ts';

/** Where a nest is made anew and the host's app knows no relays of its old event. */
const DEFAULT_RELAYS = ['wss://relay.nostr.band'];
/** Restarts nests: a known one in a new room, a missing one as a new nest. Closes them, too. */
export class Restart {
  readonly #parts: Parts;
  readonly #doors: Doors;
  readonly #creation: Creation;
  readonly #healer: Healer;

  constructor(parts: Parts, doors: Doors, creation: Creation, healer: Healer) {
    this.#parts = parts;
    this.#doors = doors;
    this.#creation = creation;
    this.#healer = healer;
  }

  /**
   * A new room under the same id where the nest is known, else a new nest of the requester.
   * @throws NestError `not_host_restart`, `not_started`; 503 leaves the nest as it was
   */
  async restart(id: string, pubkey: string, relays: string[] | undefined): Promise<Restarted> {
    const record = await this.#parts.records.get(id);
    if (record) return { isNewRoom: false, entry: await this.#restartKnown(record, pubkey) };
    const existing = await this.#successorNest(id, pubkey);
    const entry = existing.nest
      ? await this.#enterSuccessor(existing.nest, pubkey)
      : await this.#creation.quota.spend(pubkey, () =>
          this.#recreate(id, existing.last, pubkey, relays ?? DEFAULT_RELAYS),
        );
    return { isNewRoom: true, entry, originalRoomId: id };
  }

  /** The host closes the nest; everybody is told, and the room goes when they have left. */
  async end(id: string, pubkey: string): Promise<void> {
    const record = await this.#doors.load(id);
    if (record.host !== pubkey) throw new NestError('forbidden');
    await this.#parts.records.change(id, (found, now) => step(found, { type: 'end' }, now));
    this.#parts.log.info('Ended a nest', { nestId: id });
  }

  async #restartKnown(record: NestRecord, pubkey: string): Promise<Entry> {
    if (record.host !== pubkey) throw new NestError('not_host_restart');
    const identity = personIdentity(pubkey, this.#parts.ids.random());
    const entry = await this.#creation.moveWithToken(record.id, { type: 'restart' }, identity);
    this.#parts.log.info('Restarted a nest', { nestId: record.id, generation: entry.generation });
    return entry;
  }

  /** The nest this requester made in its place, if it is still there; else the last id of that chain. */
  async #successorNest(id: string, pubkey: string): Promise<{ nest?: NestRecord; last: string }> {
    const chain = await successorsOf(this.#parts.store, id, pubkey);
    for (const next of chain) {
      const nest = await this.#parts.records.get(next);
      if (nest) return { nest, last: next };
    }
    return { last: chain.at(-1) ?? id };
  }

  async #enterSuccessor(nest: NestRecord, pubkey: string): Promise<Entry> {
    const identity = personIdentity(pubkey, this.#parts.ids.random());
    if (nest.status === 'ended') return this.#creation.moveWithToken(nest.id, { type: 'restart' }, identity);
    return this.#doors.place(nest, identity);
  }

  async #recreate(requested: string, missing: string, pubkey: string, relays: string[]): Promise<Entry> {
    const { ids, clock, log, store } = this.#parts;
    log.warn(`Neither Redis nor LiveKit has room ${requested}`);
    log.info(`Creating brand new nest for restart request from ${pubkey}`);
    const id = ids.uuid();
    log.info(`Creating new nest ${id} to replace missing nest ${requested}`);
    const record: NestRecord = {
      ...newRecord(id, pubkey, { relays, hls_stream: false }, clock.now()),
      originalRoomId: requested,
      isRecreated: true,
    };
    const entry = await this.#creation.makeAtOnce(record, personIdentity(pubkey, ids.random()));
    const winner = await store.claimSuccessor(missing, pubkey, id).catch(async (error: unknown) => {
      await this.#creation.unmake(id);
      throw error;
    });
    if (winner !== id) return this.#yieldTo(winner, id, pubkey);
    await this.#takePeopleAlong(requested, pubkey, id);
    return entry;
  }

  /** Another device of the same host was faster: its nest is the one. */
  async #yieldTo(winner: string, mine: string, pubkey: string): Promise<Entry> {
    await this.#creation.unmake(mine);
    const nest = await this.#parts.records.get(winner);
    if (!nest) throw new NestError('recovering');
    return this.#enterSuccessor(nest, pubkey);
  }

  /** Whoever still sits in a room of the old id, or listens to its feed, is told where their host went. */
  async #takePeopleAlong(requested: string, pubkey: string, successor: string): Promise<void> {
    const { feed, records, background, sight, log } = this.#parts;
    feed.publish(requested, { type: 'moved', roomId: successor, host: pubkey }, 0);
    background.run('Sending people after their host', requested, async () => {
      this.#healer.sendAfterHost(requested, pubkey, successor, await sight.list());
      // A sweep may have given the old record back a moment before the successor was claimed.
      const restored = await records.get(requested);
      if (restored?.host !== pubkey || restored.status === 'ended') return;
      await records.change(requested, (found, now) => step(found, { type: 'end' }, now));
      log.info('Ended a nest that was given back while its host replaced it', { nestId: requested });
    });
  }
}
