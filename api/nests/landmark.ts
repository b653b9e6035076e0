import type { Parts } from './parts.ts';
import type { MediaRoom } from './ports.ts';

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
 * none is ever written back: without one in the list, every room that is listed has to be left for the nest's next one.
 */
export class Landmark {
  readonly #parts: Pick<Parts, 'media' | 'clock' | 'ids' | 'log'>;
  #movedAt = -Infinity;

  constructor(parts: Pick<Parts, 'media' | 'clock' | 'ids' | 'log'>) {
    this.#parts = parts;
  }

  /** Is there no landmark among all the rooms that LiveKit lists? Also where there never was one. */
  isLost(rooms: MediaRoom[]): boolean {
    if (rooms.some(({ name }) => name.startsWith(PREFIX))) return false;
    return this.#parts.clock.now() - this.#movedAt >= SPACING_MS;
  }

  /**
   * Puts up another one, once all that the loss asks for is done.
   * @param moved how many nests had to move
   * @throws MediaUnavailable, and then it stays lost
   */
  async putUp(moved: number): Promise<void> {
    const { media, clock, ids, log } = this.#parts;
    const name = PREFIX + ids.uuid(); // a name is never used twice
    await media.createRoom(name, { metadata: '', maxParticipants: 1, emptyTimeoutS: KEPT_S });
    if (moved > 0) this.#movedAt = clock.now();
    log.info('LiveKit has a new landmark', { room: name, moved });
  }
}
