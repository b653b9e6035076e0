import { roomName } from '@nests/protocol/rooms';
import { SingleFlight } from './background.ts';
import { isOurs } from './enforce.ts';
import { NestError } from './errors.ts';
import type { Clock, MediaServer } from './ports.ts';
import type { NestRecord } from './record.ts';
import type { Sight } from './sight.ts';

/** How long (ms) somebody with a fresh token counts as on the way in. */
const ON_THE_WAY_MS = 15_000;

const NOBODY: ReadonlyMap<string, number> = new Map();

/**
 * Enforces the capacity when tokens are made, not by failing inside LiveKit. Far from full it costs nothing; near full
 * LiveKit is asked who is inside. Where the host has set a capacity, those on the way in are counted too. Where it is
 * the server's, they are not: a thousand tokens that nobody uses must not close a nest, and LiveKit's own limit is near.
 */
export class Seats {
  readonly #media: MediaServer;
  readonly #sight: Sight;
  readonly #clock: Clock;
  readonly #capacity: number;
  /** nest → identity → when its token was made, ms */
  readonly #onTheWay = new Map<string, Map<string, number>>();
  readonly #asking = new SingleFlight<Set<string>>();

  constructor(media: MediaServer, sight: Sight, clock: Clock, capacity: number) {
    this.#media = media;
    this.#sight = sight;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /**
   * Takes a seat for this identity. Who is on stage or holds an office always gets one.
   * @throws NestError `nest_full`
   */
  async take(record: NestRecord, identity: string, privileged: boolean): Promise<void> {
    const limit = Math.min(record.capacity ?? this.#capacity, this.#capacity);
    const coming = this.#coming(record.id);
    const counting = record.capacity === undefined ? NOBODY : coming;
    const roughly = (this.#sight.lastCount(record) ?? 0) + counting.size;
    if (!privileged && roughly >= limit && !counting.has(identity)) {
      const inside = await this.#inside(record);
      this.#sight.counted(record, inside.size);
      const others = new Set([...inside, ...counting.keys()]);
      if (!others.has(identity) && others.size >= limit) throw new NestError('nest_full');
    }
    // Taken out first, so that the map stays in the order of the tokens.
    coming.delete(identity);
    coming.set(identity, this.#clock.now());
  }

  /** Forgets nests that nobody was on the way to lately. */
  prune(): void {
    for (const id of this.#onTheWay.keys()) if (this.#coming(id).size === 0) this.#onTheWay.delete(id);
  }

  #coming(nestId: string): Map<string, number> {
    const oldest = this.#clock.now() - ON_THE_WAY_MS;
    let coming = this.#onTheWay.get(nestId);
    if (!coming) {
      coming = new Map();
      this.#onTheWay.set(nestId, coming);
    }
    // In the order of their tokens: the old ones are in front.
    for (const [identity, at] of coming) {
      if (at >= oldest) break;
      coming.delete(identity);
    }
    return coming;
  }

  #inside(record: NestRecord): Promise<Set<string>> {
    const room = roomName(record.id, record.generation);
    return this.#asking.run(room, async () => {
      const people = await this.#media.participants(room);
      return new Set(people.filter(isOurs).map(({ identity }) => identity));
    });
  }
}
