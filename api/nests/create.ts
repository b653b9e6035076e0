import { personIdentity } from '@nests/protocol/identity';
import { roomName } from '@nests/protocol/rooms';
import type { Doors } from './doors.ts';
import { NestError } from './errors.ts';
import { step } from './life.ts';
import type { Parts } from './parts.ts';
import { MediaUnavailable } from './ports.ts';
import { Quota } from './quota.ts';
import type { NestRecord } from './record.ts';
import type { Created, Entry, NewNest } from './use-cases.ts';

/** How far ahead a nest can be planned, in ms: what is kept for it is kept until then. */
const FURTHEST_START_MS = 366 * 24 * 3_600_000;

/** Makes nests: at once, planned, or in place of one that is missing (restart.ts). */
export class Creation {
  readonly #parts: Parts;
  readonly #doors: Doors;
  readonly quota: Quota;

  constructor(parts: Parts, doors: Doors) {
    this.#parts = parts;
    this.#doors = doors;
    this.quota = new Quota(parts.store, parts.clock, parts.options.createLimit);
  }

  /** A new nest of this host; planned when it starts later. */
  async create(pubkey: string, options: NewNest): Promise<Created> {
    demandStart(options.starts, this.#parts.clock.now());
    return this.quota.spend(pubkey, () => this.#create(pubkey, options));
  }

  async #create(pubkey: string, options: NewNest): Promise<Created> {
    const { clock, ids, log } = this.#parts;
    const now = clock.now();
    const record = newRecord(ids.uuid(), pubkey, withinCapacity(options, this.#parts.options.capacity), now);
    const identity = personIdentity(pubkey, ids.random());
    const created = { roomId: record.id, identity, hls_stream: record.hls_stream };
    if (options.starts !== undefined && options.starts * 1000 > now) {
      await this.#plan({ ...record, status: 'planned', starts: options.starts });
      log.info('Planned a nest', { nestId: record.id, host: pubkey, starts: options.starts });
      return { ...created, generation: 0 };
    }
    const entry = await this.makeAtOnce(record, identity);
    log.info('Created a nest', { nestId: record.id, host: pubkey, generation: entry.generation });
    return { ...created, generation: entry.generation, entry };
  }

  /** Opens a planned nest; `identity` is that of the host's session, if they have one. A failure leaves it planned. */
  async start(id: string, pubkey: string, identity?: string): Promise<Entry> {
    const record = await this.#doors.load(id);
    if (record.host !== pubkey) throw new NestError('forbidden');
    const entry = await this.moveWithToken(
      id,
      { type: 'start' },
      identity ?? personIdentity(pubkey, this.#parts.ids.random()),
    );
    this.#parts.log.info('Started a planned nest', { nestId: id, generation: entry.generation });
    return entry;
  }

  /**
   * Stores a new record, makes its room and the first token. When anything fails, nothing of it remains.
   * @throws NestError `token_failed`; MediaUnavailable, StoreUnavailable
   */
  async makeAtOnce(record: NestRecord, identity: string): Promise<Entry> {
    const { records, moves, tokens, seats } = this.#parts;
    const intended = intendFirst(record);
    const entry = await tokens.entry(intended, 1, identity);
    try {
      await records.add(intended);
      const made = await moves.finish(intended);
      if (made.generation !== entry.generation) return await this.#doors.place(made, identity);
      await seats.take(made, identity, true);
      return entry;
    } catch (error) {
      await this.unmake(record.id, error);
      throw error;
    }
  }

  /** Takes back a nest that could not be made. What an outage leaves is empty, known to nobody, and the sweep's. */
  async unmake(id: string, cause?: unknown): Promise<void> {
    const { records, store, media, background, log } = this.#parts;
    try {
      for (let record = await records.get(id); record; record = await records.get(id)) {
        if (await store.drop(id, record.rev)) break;
      }
    } catch (error) {
      log.warn('An unfinished nest is left to the sweep', { nestId: id, error });
    }
    // A call that timed out may have made the room all the same.
    background.run('Deleting the room of an unfinished nest', id, async () => {
      if (cause instanceof MediaUnavailable) await background.pause(1_000);
      await media.deleteRoom(roomName(id, 1));
    });
  }

  /**
   * Lets something happen that leads to another room, with a token for that room made before it: without a token
   * nothing has happened.
   */
  async moveWithToken(
    id: string,
    event: { type: 'start' } | { type: 'restart' },
    identity: string,
  ): Promise<Entry> {
    const { records, moves, tokens, seats, sight } = this.#parts;
    const { record, changed } = await records.change(id, (found, now) => step(found, event, now));
    const { pending } = record;
    if (!pending) return this.#doors.place(record, identity);
    const entry = await tokens.entry(record, pending.generation, identity).catch(async (error: unknown) => {
      if (changed) await moves.takeBack(id, pending.generation);
      throw error;
    });
    const done = await moves.finish(record);
    if (done.generation < pending.generation) {
      throw new MediaUnavailable('The move was taken back by another replica');
    }
    if (done.generation !== pending.generation || !sight.confirmed(done))
      return this.#doors.place(done, identity);
    await seats.take(done, identity, true);
    return entry;
  }

  /** A write that timed out may have happened all the same; nobody was told of that nest. */
  async #plan(record: NestRecord): Promise<void> {
    try {
      await this.#parts.records.add(record);
    } catch (error) {
      await this.unmake(record.id, error);
      throw error;
    }
  }
}

/** The options with a capacity that the server can keep: a nest holds no more people than its nests may. */
export function withinCapacity<T extends { capacity?: number | undefined }>(options: T, most: number): T {
  const { capacity } = options;
  return capacity === undefined ? options : { ...options, capacity: Math.min(capacity, most) };
}

/**
 * Refuses a start that is too far away.
 * @param starts unix seconds
 * @throws NestError `bad_request`
 */
export function demandStart(starts: number | undefined, now: number): void {
  if (starts !== undefined && starts * 1000 > now + FURTHEST_START_MS) throw new NestError('bad_request');
}

/** A record as it begins: active, without a room yet. */
export function newRecord(id: string, host: string, options: NewNest, now: number): NestRecord {
  const { relays, hls_stream, access = 'public', guests = true, stageLimit, capacity } = options;
  return {
    id,
    host,
    speakers: [host],
    admins: [host],
    bans: [],
    removedGuests: [],
    members: [],
    invites: [],
    hands: [],
    relays,
    hls_stream,
    access,
    guests,
    ...(stageLimit === undefined ? {} : { stageLimit }),
    ...(capacity === undefined ? {} : { capacity }),
    createdAt: now,
    status: 'active',
    generation: 0,
    lastGeneration: 0,
    idle: false,
    rev: 1,
    lastAliveAt: now,
    retired: [],
  };
}

/** The first intention is stored together with the record. */
function intendFirst(record: NestRecord): NestRecord {
  return {
    ...record,
    lastGeneration: 1,
    pending: { generation: 1, since: record.createdAt, why: 'create', from: 'new' },
  };
}
