import { roomName } from '@nests/protocol/rooms';
import { SingleFlight } from './background.ts';
import type { Clock, MediaRoom, MediaServer } from './ports.ts';
import { isRoomOf, type NestRecord } from './record.ts';

/** How long (ms) a room that was seen counts as confirmed for a token. */
const CONFIRMED_MS = 1_000;
/** How long (ms) a head count is shown before LiveKit is asked again. */
const COUNT_FRESH_MS = 6_000;
/** After how long (ms) a room that was not seen is forgotten. */
const FORGET_MS = 10 * 60_000;
/** Between the beginnings of the two looks that make "gone" certain, in ms (LIVEKIT.md 34). */
export const SECOND_LOOK_MS = 1_000;
/** How long (ms) the second look waits for a room's node to answer, while the first one still does. */
const SECOND_PATIENCE_MS = 500;

/** What two looks at a room that is not listed say. */
export type Verdict = 'there' | 'gone' | 'wiped';

/** How long (ms) a count of the people themselves stands against the list's, which lags. */
const COUNT_STANDS_MS = 5_000;

interface Sighting {
  /** of the room that has this name */
  sid: string;
  participants: number;
  /** when LiveKit was asked, ms */
  at: number;
  /** when the people themselves were counted, ms */
  countedAt: number;
}

/**
 * What LiveKit showed this process, and when. Rooms only, never records: those are read from the store each time. One
 * question at a time per room.
 */
export class Sight {
  readonly #media: MediaServer;
  readonly #clock: Clock;
  /** by room name */
  readonly #seen = new Map<string, Sighting>();
  readonly #asking = new SingleFlight<MediaRoom | undefined>();
  readonly #listing = new SingleFlight<MediaRoom[]>();
  #list: { rooms: MediaRoom[]; at: number } | undefined;

  constructor(media: MediaServer, clock: Clock) {
    this.#media = media;
    this.#clock = clock;
  }

  /** Was the record's room seen within the last second? */
  confirmed(record: NestRecord): boolean {
    const seen = this.#sighting(record);
    return seen !== undefined && isRoomOf(record, seen) && this.#clock.now() - seen.at <= CONFIRMED_MS;
  }

  /** LiveKit showed this room when it was asked at `at`. */
  note({ name, sid, participants }: MediaRoom, at: number): void {
    const seen = this.#seen.get(name);
    if (seen && at < seen.at) return;
    const counted = seen?.sid === sid && at - seen.countedAt < COUNT_STANDS_MS ? seen : undefined;
    const count = counted ?? { participants, countedAt: -Infinity };
    this.#seen.set(name, { ...count, sid, at });
  }

  /** How many were inside when this room was last seen; undefined when this process never saw it. */
  lastCount(record: NestRecord): number | undefined {
    return this.#sighting(record)?.participants;
  }

  /** The people in the record's room were counted one by one. */
  counted(record: NestRecord, participants: number): void {
    const seen = this.#sighting(record);
    if (!seen) return;
    seen.participants = participants;
    seen.countedAt = this.#clock.now();
  }

  /** How many are inside, a few seconds old at most; the last known number while LiveKit does not answer. */
  async count(record: NestRecord): Promise<number> {
    if (record.generation === 0 || record.idle || record.status !== 'active') return 0;
    const seen = this.#sighting(record);
    if (!seen || this.#clock.now() - seen.at > COUNT_FRESH_MS) await this.ask(record).catch(() => undefined);
    return this.lastCount(record) ?? 0;
  }

  /** Asks LiveKit for the record's room now; another one of the same name does not count. */
  async ask(record: NestRecord): Promise<MediaRoom | undefined> {
    const room = await this.#find(roomName(record.id, record.generation));
    return room && isRoomOf(record, room) ? room : undefined;
  }

  /** All rooms, at most a second old. */
  async all(): Promise<MediaRoom[]> {
    if (this.#list && this.#clock.now() - this.#list.at <= CONFIRMED_MS) return this.#list.rooms;
    return this.list();
  }

  /** All rooms, asked now. */
  list(): Promise<MediaRoom[]> {
    return this.#listing.run('', async () => {
      const at = this.#clock.now();
      const rooms = await this.#media.rooms();
      for (const room of rooms) this.note(room, at);
      this.#list = { rooms, at };
      return rooms;
    });
  }

  /**
   * Makes sure about a room that is not listed. An empty answer alone is no proof: LiveKit may have lost its list while
   * people talk (then: wiped), and a list can lag. So: rooms and participants both empty, twice, a second apart.
   * Whoever holds the room has until the end of the second look to answer the first question, too. `patient` false skips
   * the second look, where a first one was a second ago.
   */
  async verify(record: NestRecord, patient = true): Promise<Verdict> {
    if (!patient) return this.#lookOnce(record);
    const began = this.#clock.now();
    const first = this.#lookOnce(record, SECOND_LOOK_MS + SECOND_PATIENCE_MS);
    const answered = new AbortController();
    const stopWaiting = (): void => answered.abort();
    first.then(stopWaiting, stopWaiting);
    await this.#clock.sleep(SECOND_LOOK_MS, answered.signal);
    if (answered.signal.aborted && (await first) !== 'gone') return first;
    await this.#clock.sleep(Math.max(0, began + SECOND_LOOK_MS - this.#clock.now()));
    const [one, other] = await Promise.all([first, this.#lookOnce(record, SECOND_PATIENCE_MS)]);
    return one === 'gone' ? other : one;
  }

  /** Forgets rooms that were not seen for long. */
  prune(): void {
    const oldest = this.#clock.now() - FORGET_MS;
    for (const [name, seen] of this.#seen) if (seen.at < oldest) this.#seen.delete(name);
  }

  #sighting({ id, generation }: NestRecord): Sighting | undefined {
    return this.#seen.get(roomName(id, generation));
  }

  /** The room that has this name now. When there is none, it is still remembered how many were inside. */
  #find(name: string): Promise<MediaRoom | undefined> {
    return this.#asking.run(name, async () => {
      const at = this.#clock.now();
      const [room] = await this.#media.rooms([name]);
      const seen = this.#seen.get(name);
      if (room) this.note(room, at);
      else if (seen) seen.at = -Infinity;
      return room;
    });
  }

  /** Both questions at once: LiveKit takes its time to say that nobody has a room. */
  async #lookOnce(record: NestRecord, patienceMs?: number): Promise<Verdict> {
    const name = roomName(record.id, record.generation);
    const [room, inside] = await Promise.all([this.#find(name), this.#media.participants(name, patienceMs)]);
    if (room && isRoomOf(record, room)) return 'there';
    // Another room of that name was made after LiveKit had lost the first, where people may still be.
    return room || inside.length > 0 ? 'wiped' : 'gone';
  }
}
