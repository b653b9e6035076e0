import type { FeedEvent } from '@nests/protocol/api';
import { roomName } from '@nests/protocol/rooms';
import { whyNotIdentity } from './admission.ts';
import type { Background } from './background.ts';
import type { Records } from './change.ts';
import { step } from './life.ts';
import type { Whom } from './enforce.ts';
import type { Clock, Log, MediaServer } from './ports.ts';
import type { NestRecord, RetiredRoom } from './record.ts';
import type { Repairs } from './repairs.ts';

/** How long people have to leave a room that is to go, in ms. */
export const LEAVING_MS = 5_000;
/** How often it is looked whether all have left, in ms. */
const LOOK_MS = 500;

/** Ends old LiveKit rooms: tells those inside, waits until they have left or their time is up, deletes. */
export class Retirement {
  readonly #records: Records;
  readonly #media: MediaServer;
  readonly #clock: Clock;
  readonly #background: Background;
  readonly #repairs: Repairs;
  readonly #log: Log;

  constructor(parts: {
    records: Records;
    media: MediaServer;
    clock: Clock;
    background: Background;
    repairs: Repairs;
    log: Log;
  }) {
    this.#records = parts.records;
    this.#media = parts.media;
    this.#clock = parts.clock;
    this.#background = parts.background;
    this.#repairs = parts.repairs;
    this.#log = parts.log;
  }

  /** These rooms of the record were just retired: see them off. */
  watch(record: NestRecord, rooms: RetiredRoom[]): void {
    for (const { generation, at } of rooms) {
      this.#background.run('Retiring a room', record.id, async () => {
        const room = roomName(record.id, generation);
        const gone = await this.seeOff(room, farewellOf(record), at + LEAVING_MS, mayBeInside(record));
        if (gone) await this.#clear(record.id, [generation]);
      });
    }
  }

  /**
   * Tells everybody in a room, waits until nobody is in it any more who `isWaitedFor`, or until `deadline` (ms), and
   * deletes it. Is it gone then?
   */
  async seeOff(
    room: string,
    farewell: FeedEvent,
    deadline: number,
    isWaitedFor: Whom = () => true,
  ): Promise<boolean> {
    await this.#media.send(room, farewell);
    const isAwaited = async (): Promise<boolean> =>
      (await this.#media.participants(room)).some(({ identity }) => isWaitedFor(identity));
    while (this.#clock.now() < deadline && (await isAwaited())) await this.#background.pause(LOOK_MS);
    if (await this.#media.deleteRoom(room)) {
      this.#log.info('LiveKit closed a room', { room });
      return true;
    }
    // "Not found" may mean that LiveKit lost its list while people are inside.
    return (await this.#media.participants(room)).length === 0;
  }

  /** What a crash or an outage left behind: rooms that should be gone. */
  async sweep(record: NestRecord): Promise<void> {
    const gone: number[] = [];
    for (const retired of record.retired) {
      if (await this.#isGone(record, retired)) gone.push(retired.generation);
    }
    if (gone.length === 0) return;
    await this.#clear(record.id, gone);
    this.#repairs.made('room_retired', record.id, 'a room the nest has left is gone', { generations: gone });
  }

  async #isGone(record: NestRecord, { generation, at }: RetiredRoom): Promise<boolean> {
    const room = roomName(record.id, generation);
    const inside = await this.#media.participants(room);
    const isAwaited = inside.some(({ identity }) => mayBeInside(record)(identity));
    const due = !isAwaited || this.#clock.now() >= at + LEAVING_MS;
    if (inside.length === 0) {
      await this.#media.deleteRoom(room);
      return true;
    }
    if (due && (await this.#media.deleteRoom(room))) return true;
    // Whoever moved the nest may have died before telling; a LiveKit that lost its list cannot delete, but can tell.
    await this.#media.send(room, farewellOf(record));
    return false;
  }

  async #clear(id: string, generations: number[]): Promise<void> {
    await this.#records.change(id, (record, now) => step(record, { type: 'cleared', generations }, now));
  }
}

/**
 * Whoever may be in a nest is given time to leave its old room. Nobody waits for those who were sent away: with an old
 * token they could keep that room, and hear in it whoever has not left yet.
 */
const mayBeInside =
  (record: NestRecord): Whom =>
  (identity) =>
    whyNotIdentity(record, identity) === null;

/** What people in an old room of this nest have to know. */
export function farewellOf(record: NestRecord): FeedEvent {
  return record.status === 'ended' ? { type: 'ended' } : { type: 'restarted', generation: record.generation };
}
