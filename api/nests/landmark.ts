import { stateOf } from './life.ts';
import type { Parts } from './parts.ts';
import type { MediaRoom } from './ports.ts';
import type { NestRecord } from './record.ts';

/** How the names of landmarks begin; no nest's room is called so. */
const PREFIX = 'nests-landmark-';
/** Nobody ever enters it, and LiveKit is to keep it all the same: ten years, in seconds. */
const KEPT_S = 10 * 365 * 24 * 3_600;
/** No sooner than this (ms) after a loss that moved people is another one believed, should LiveKit not keep landmarks. */
const SPACING_MS = 30_000;

/**
 * An empty room that tells whether LiveKit's list is still the one it was.
 *
 * Where LiveKit keeps its list in Redis, that may be emptied. A node then writes a room that people are in back to the list as
 * soon as one of them comes, goes or opens a microphone, and the list looks whole. It is not: nobody knows any more on which
 * node that room is, so whoever joins may end up in a second room of the same name. Nothing ever happens in a landmark, so
 * none is ever written back: without one in the list, every room has to be left for the nest's next one.
 */
export class Landmark {
  readonly #parts: Pick<Parts, 'media' | 'clock' | 'ids' | 'log'>;
  #movedAt = -Infinity;
  /** Since there is no landmark: the nests that still have to leave the room they had then, with its number. */
  #toLeave: Map<string, number> | undefined;
  #moved = 0;

  constructor(parts: Pick<Parts, 'media' | 'clock' | 'ids' | 'log'>) {
    this.#parts = parts;
  }

  /**
   * Looks for a landmark among all the rooms that LiveKit lists. Without one, as also where there never was one, each of
   * these nests that is live has to leave its room: also one that is not listed now, because it may be written back to
   * the list at any moment.
   */
  look(rooms: MediaRoom[], records: Iterable<NestRecord>): void {
    if (this.#toLeave || rooms.some(({ name }) => name.startsWith(PREFIX))) return;
    if (this.#parts.clock.now() - this.#movedAt < SPACING_MS) return;
    const live = [...records].filter((record) => stateOf(record) === 'live');
    this.#toLeave = new Map(live.map(({ id, generation }) => [id, generation]));
    this.#moved = 0;
  }

  /** Does this nest have to leave its room, although LiveKit has one of that name? */
  mustLeave({ id, generation }: NestRecord): boolean {
    return this.#toLeave?.get(id) === generation;
  }

  /**
   * Puts up another one, once all have left that had to.
   * @param read the nests as they are now
   * @throws MediaUnavailable, and then it stays lost
   */
  async settle(read: () => Promise<NestRecord[]>): Promise<void> {
    if (!this.#toLeave) return;
    const records = this.#toLeave.size > 0 ? await read() : [];
    const now = new Map(records.map((record) => [record.id, record]));
    for (const [id, generation] of this.#toLeave) {
      const record = now.get(id);
      if (record && stateOf(record) === 'live' && record.generation === generation) continue;
      this.#toLeave.delete(id);
      if (record && record.generation > generation) this.#moved += 1;
    }
    if (this.#toLeave.size > 0) return;
    await this.#putUp();
    this.#toLeave = undefined;
  }

  async #putUp(): Promise<void> {
    const { media, clock, ids, log } = this.#parts;
    const name = PREFIX + ids.uuid(); // a name is never used twice
    await media.createRoom(name, { metadata: '', maxParticipants: 1, emptyTimeoutS: KEPT_S });
    if (this.#moved > 0) this.#movedAt = clock.now();
    log.info('LiveKit has a new landmark', { room: name, moved: this.#moved });
  }
}
