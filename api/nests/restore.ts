import { parseRoomName } from '@nests/protocol/rooms';
import { SingleFlight } from './background.ts';
import type { Parts } from './parts.ts';
import type { MediaRoom } from './ports.ts';
import { expiresAt, type NestRecord } from './record.ts';
import { LEAVING_MS } from './retirement.ts';

/** A nest that was never finished being made is taken back after this long, in ms, and its room with it. */
export const UNFINISHED_MS = 30_000;

interface Found {
  room: MediaRoom;
  generation: number;
  sealed: NestRecord;
}

/** Gives back records that the store has lost, from the sealed copies in LiveKit's rooms. */
export class Restorer {
  readonly #parts: Parts;
  /** rooms whose people are being sent away at this moment */
  readonly #sending = new Set<string>();
  readonly #restoring = new SingleFlight<NestRecord | undefined>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The record of a nest that the store does not know, if a room of ours holds it and nothing speaks against it: no
   * tombstone, no successor its host has made, not expired.
   */
  restore(id: string): Promise<NestRecord | undefined> {
    return this.#restoring.run(id, async () => {
      const { sight, media, records } = this.#parts;
      const seen = this.#ours(id, await sight.all());
      if (seen.length === 0) return undefined;
      // What was seen may be older than the record that is missing: a ban would be forgotten with it.
      const found = this.#ours(id, await media.rooms(seen.map(({ room }) => room.name)));
      const newest = found[0];
      if (!newest) return undefined;
      // And the record may be there again, or a tombstone.
      const there = await records.get(id);
      if (there) return there;
      const successor = await this.#parts.store.successor(id, newest.sealed.host);
      if (successor !== undefined) {
        this.#sendAfter(found, successor);
        return undefined;
      }
      if (newest.room.participants === 0) {
        if (this.#isLeftOver(newest)) return this.#dropRooms(found);
        // Somebody is making this nest at this moment, or has just failed to.
        if (newest.sealed.pending?.from === 'new') return undefined;
      }
      return this.#giveBack(found, newest);
    });
  }

  /** The rooms of a missing nest that this host had: its people are told where the host's new nest is. */
  sendAfterHost(id: string, host: string, successor: string, rooms: MediaRoom[]): void {
    const found = this.#ours(id, rooms).filter(({ sealed }) => sealed.host === host);
    this.#sendAfter(found, successor);
  }

  /** The rooms of one nest whose seal opens, the newest record first. */
  #ours(id: string, rooms: MediaRoom[]): Found[] {
    const found: Found[] = [];
    for (const room of rooms) {
      const name = parseRoomName(room.name);
      if (name?.nestId !== id) continue;
      const sealed = this.#parts.seal.open(room.metadata);
      if (sealed?.id === id) found.push({ room, generation: name.generation, sealed });
    }
    return found.sort((a, b) => b.sealed.rev - a.sealed.rev || b.generation - a.generation);
  }

  async #giveBack(found: Found[], { sealed }: Found): Promise<NestRecord | undefined> {
    const { records, store, clock, repairs, log } = this.#parts;
    const record: NestRecord = {
      ...sealed,
      rev: sealed.rev + 1,
      lastGeneration: Math.max(sealed.lastGeneration, ...found.map(({ generation }) => generation)),
      lastAliveAt: sealed.status === 'active' ? clock.now() : sealed.lastAliveAt,
    };
    if (!(await records.add(record))) return records.get(sealed.id);
    // A restart of the missing nest may have been faster by a hair.
    const successor = await store.successor(sealed.id, sealed.host);
    if (successor !== undefined) {
      await store.drop(record.id, record.rev);
      this.#sendAfter(found, successor);
      return undefined;
    }
    log.warn('A record was lost and is back from the sealed copy in its LiveKit room', { nestId: record.id });
    repairs.made('record_restored', record.id, 'the store had lost the record', { rev: record.rev });
    return record;
  }

  /** An empty room: made for a nest whose creation failed, or forgotten when its time was over. */
  #isLeftOver({ room, sealed }: Found): boolean {
    const now = this.#parts.clock.now();
    if (sealed.pending?.from === 'new') return now - room.createdAt > UNFINISHED_MS;
    return expiresAt(sealed) <= now;
  }

  async #dropRooms(found: Found[]): Promise<undefined> {
    for (const { room, sealed } of found) {
      await this.#parts.media.deleteRoom(room.name);
      this.#parts.repairs.made('room_orphan', sealed.id, 'a room without a nest', { room: room.name });
    }
    return undefined;
  }

  /** The host has a new nest in place of this one: people are told, then the room goes. */
  #sendAfter(found: Found[], successor: string): void {
    const { background, retirement, clock, repairs } = this.#parts;
    for (const { room, sealed } of found) {
      if (this.#sending.has(room.name)) continue;
      this.#sending.add(room.name);
      const moved = { type: 'moved', roomId: successor, host: sealed.host } as const;
      background.run('Sending people after their host', sealed.id, async () => {
        await retirement
          .seeOff(room.name, moved, clock.now() + LEAVING_MS)
          .finally(() => this.#sending.delete(room.name));
        repairs.made('room_moved', sealed.id, 'the host has another nest in its place', { room: room.name });
      });
    }
  }
}
