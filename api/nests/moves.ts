import { roomName } from '@nests/protocol/rooms';
import { type Background, SingleFlight } from './background.ts';
import type { Records } from './change.ts';
import { NestError } from './errors.ts';
import { type LifeEvent, step } from './life.ts';
import { type Clock, type Log, type MediaServer, MediaUnavailable, type Seal } from './ports.ts';
import type { NestRecord, PendingMove } from './record.ts';
import type { Sight } from './sight.ts';

/** How many moves in a row one caller follows when others keep moving the nest. */
const MOST_MOVES = 5;
/** LiveKit's own limit is only a net below ours, which is enforced when tokens are made: the host must get in. */
const SPARE_SEATS = 100;

/**
 * Takes nests from one LiveKit room to the next: intend (in the record), do (LiveKit), confirm (in the record). Telling
 * follows from what was written, see announce.ts. Whoever meets an unfinished move finishes it: making the same room
 * twice is one room.
 */
export class Moves {
  readonly #records: Records;
  readonly #media: MediaServer;
  readonly #sight: Sight;
  readonly #seal: Seal;
  readonly #clock: Clock;
  readonly #background: Background;
  readonly #log: Log;
  readonly #maxParticipants: number;
  readonly #making = new SingleFlight<NestRecord>();

  constructor(parts: {
    records: Records;
    media: MediaServer;
    sight: Sight;
    seal: Seal;
    clock: Clock;
    background: Background;
    log: Log;
    capacity: number;
  }) {
    this.#records = parts.records;
    this.#media = parts.media;
    this.#sight = parts.sight;
    this.#seal = parts.seal;
    this.#clock = parts.clock;
    this.#background = parts.background;
    this.#log = parts.log;
    this.#maxParticipants = parts.capacity + SPARE_SEATS;
  }

  /**
   * Lets something happen to a nest and finishes the move that follows from it, if any.
   * @throws NestError the table's refusal; MediaUnavailable, and then the nest is as it was
   */
  async go(id: string, event: LifeEvent): Promise<NestRecord> {
    const { record } = await this.#records.change(id, (found, now) => step(found, event, now));
    return this.finish(record);
  }

  /** Finishes the move that this record intends; answers the record afterwards. */
  async finish(record: NestRecord): Promise<NestRecord> {
    let current = record;
    for (let count = 0; current.pending && count < MOST_MOVES; count += 1) {
      const { pending } = current;
      const from = current;
      current = await this.#making.run(roomName(record.id, pending.generation), () =>
        this.#make(from, pending),
      );
    }
    if (current.pending) throw new NestError('conflict');
    return current;
  }

  /** Takes an intention back, unless somebody has confirmed it meanwhile; answers the record as it is then. */
  async takeBack(id: string, generation: number): Promise<NestRecord> {
    const { record } = await this.#records.change(id, (found, now) =>
      step(found, { type: 'failed', generation }, now),
    );
    return record;
  }

  async #make(record: NestRecord, pending: PendingMove): Promise<NestRecord> {
    const { generation } = pending;
    const name = roomName(record.id, generation);
    const at = this.#clock.now();
    try {
      const metadata = this.#seal.close(record);
      const room = await this.#media.createRoom(name, { metadata, maxParticipants: this.#maxParticipants });
      this.#log.info('LiveKit has a room', { nestId: record.id, room: name, why: pending.why });
      const confirmed = await this.#confirm(record.id, generation, room.sid);
      if (confirmed.generation === generation) this.#sight.note(room, at);
      return confirmed;
    } catch (error) {
      if (!(error instanceof MediaUnavailable)) throw error;
      const after = await this.takeBack(record.id, generation);
      // Another replica may have got through to LiveKit.
      if (after.generation === generation) return after;
      throw error;
    }
  }

  async #confirm(id: string, generation: number, sid: string): Promise<NestRecord> {
    try {
      const { record } = await this.#records.change(id, (found, now) =>
        step(found, { type: 'made', generation, sid }, now),
      );
      return record;
    } catch (error) {
      if (!(error instanceof NestError)) throw error;
      const record = await this.#records.get(id);
      if (record && stillNames(record, generation)) return record;
      // The nest went another way meanwhile, and nobody has a token for this room.
      this.#background.run('Deleting a room nobody needs', id, () =>
        this.#media.deleteRoom(roomName(id, generation)),
      );
      if (error.code === 'conflict' && record) return record;
      throw error;
    }
  }
}

/** Is this room the record's, or about to be, or seen off already? */
function stillNames(record: NestRecord, generation: number): boolean {
  return (
    record.generation === generation ||
    record.pending?.generation === generation ||
    record.retired.some((retired) => retired.generation === generation)
  );
}
