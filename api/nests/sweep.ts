import { parseRoomName, roomName } from '@nests/protocol/rooms';
import { takeCensus, type Census } from './census.ts';
import type { Healer } from './healer.ts';
import { Landmark } from './landmark.ts';
import { stateOf } from './life.ts';
import type { Parts } from './parts.ts';
import { MediaUnavailable, StoreUnavailable, type MediaRoom } from './ports.ts';
import { expiresAt, isRoomOf, type NestRecord } from './record.ts';
import { UNFINISHED_MS } from './restore.ts';
import { farewellOf } from './retirement.ts';
import { SECOND_LOOK_MS, type Verdict } from './sight.ts';
import { successorsOf } from './successors.ts';

/** How often live nests are swept, and how often all, in ms. */
const LIVE_EVERY_MS = 5_000;
const ALL_EVERY_MS = 60_000;
/** After how long a sweep that was not possible is tried again, in ms: people wait for it. */
const AGAIN_MS = 1_000;
/** How long a replica that sweeps keeps the others from it, in ms. */
const LEASE_MS = 15_000;
/** How many nests are looked at side by side; LiveKit takes a second to say that a room is gone. */
const SIDE_BY_SIDE = 32;
/** After how many nests those who want to join have their turn: ten thousand at one stretch take 50 ms. */
const AT_A_STRETCH = 200;
/** How long after its making a nest made in place of a missing one may still lack its claim, in ms. */
const CLAIM_CHECK_MS = 10 * 60_000;

/** Live nests only, or all of them with what is slow and rare. */
export type SweepKind = 'live' | 'all';

/** Compares the store with LiveKit, again and again, and repairs what differs. One replica at a time. */
export class Sweep {
  readonly #parts: Parts;
  readonly #healer: Healer;
  readonly #holder: string;
  readonly #landmark: Landmark | undefined;
  #stopping: AbortController | undefined;
  #running: Promise<void> | undefined;
  #census: Census | undefined;
  #failing = false;

  constructor(parts: Parts, healer: Healer) {
    this.#parts = parts;
    this.#healer = healer;
    this.#holder = parts.ids.uuid();
    if (parts.options.landmark) this.#landmark = new Landmark(parts);
  }

  /** When this replica last finished a sweep, ms. */
  get lastAt(): number | undefined {
    return this.#census?.at;
  }

  /** What this replica's last sweep counted. */
  get census(): Census | undefined {
    return this.#census;
  }

  /** Sweeps until it is stopped. */
  start(): void {
    if (this.#running) return;
    this.#stopping = new AbortController();
    this.#running = this.#sweepUntil(this.#stopping.signal);
  }

  /** Stops after the sweep under way; what waits in the background is left to the next process. */
  async stop(): Promise<void> {
    this.#parts.background.hurry();
    this.#stopping?.abort();
    await this.#running;
    this.#running = undefined;
  }

  /**
   * One sweep. False when another replica has the lease.
   * @throws StoreUnavailable, MediaUnavailable: then nothing was judged
   */
  async once(kind: SweepKind): Promise<boolean> {
    const { store, sight, clock } = this.#parts;
    if (!(await store.lease('sweep', this.#holder, LEASE_MS))) return false;
    // Rooms first: a room that is listed has had its record written before, so a record read later can explain it.
    const rooms = await sight.list();
    const records = new Map((await store.active()).map((record) => [record.id, record]));
    this.#landmark?.look(rooms, records.values());
    const listed = new Map(rooms.map((room) => [room.name, room]));
    const missing: NestRecord[] = [];
    await this.#each([...records.values()], async (record) => {
      if (!(await this.#sweepRecord(record, listed, kind))) missing.push(record);
    });
    await this.#sweepMissing(missing);
    await this.#landmark?.settle(() => store.active());
    await this.#sweepRooms(rooms, records);
    if (kind === 'all') await this.#tidy(records);
    this.#census = takeCensus(records.values(), listed, clock.now());
    return true;
  }

  async #sweepUntil(stop: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let allAt = -Infinity;
    let tidiedAt = clock.now();
    while (!stop.aborted) {
      if (clock.now() - tidiedAt >= ALL_EVERY_MS) {
        tidiedAt = clock.now();
        this.tidyHere();
      }
      const kind: SweepKind = clock.now() - allAt >= ALL_EVERY_MS ? 'all' : 'live';
      try {
        if (await this.once(kind)) {
          if (kind === 'all') allAt = clock.now();
          if (this.#failing) log.info('Sweeping again');
          this.#failing = false;
        }
      } catch (error) {
        if (!this.#failing) log.warn('A sweep was not possible', { error });
        this.#failing = true;
      }
      await clock.sleep(this.#failing ? AGAIN_MS : LIVE_EVERY_MS, stop);
    }
  }

  /** False when the nest is live and its room is not listed, or another one of that name. */
  async #sweepRecord(
    record: NestRecord,
    rooms: ReadonlyMap<string, MediaRoom>,
    kind: SweepKind,
  ): Promise<boolean> {
    const { retirement } = this.#parts;
    await retirement.sweep(record);
    if (record.pending?.from === 'new') {
      await this.#abandon(record);
      return true;
    }
    const state = stateOf(record);
    if (state === 'restarting') await this.#healer.resume(record);
    const named = state === 'live' ? rooms.get(roomName(record.id, record.generation)) : undefined;
    const room = named && isRoomOf(record, named) ? named : undefined;
    if (kind === 'all' && (room?.participants ?? 0) === 0 && (await this.#expire(record))) return true;
    if (state !== 'live') return true;
    if (!room) return false;
    if (this.#landmark?.mustLeave(record)) await this.#healer.settleMissing(record, 'wiped');
    else await this.#sweepLive(record, room, kind);
    return true;
  }

  /** People one by one only where it matters or rarely: LiveKit is asked once per nest for that. */
  async #sweepLive(record: NestRecord, room: MediaRoom, kind: SweepKind): Promise<void> {
    const guarded = record.bans.length + record.removedGuests.length + record.hands.length > 0;
    const closed = !record.guests || record.access === 'invite';
    if (room.participants > 0 && (kind === 'all' || guarded || closed)) {
      await this.#healer.inspect(record, room);
      return;
    }
    this.#healer.tellCount(record);
    if (kind === 'all') await this.#healer.refreshMetadata(record, room);
  }

  /** Rooms that were not listed, all together: the second look is a second later for all of them. */
  async #sweepMissing(missing: NestRecord[]): Promise<void> {
    const { clock, records } = this.#parts;
    if (missing.length === 0) return;
    const gone: NestRecord[] = [];
    await this.#each(missing, async (record) => {
      const verdict = await this.#verify(record);
      if (verdict === 'gone') gone.push(record);
      else await this.#healer.settleMissing(record, verdict);
    });
    if (gone.length === 0) return;
    await clock.sleep(SECOND_LOOK_MS);
    await this.#each(gone, async ({ id, generation }) => {
      const record = await records.get(id);
      if (!record || record.generation !== generation || stateOf(record) !== 'live') return;
      await this.#healer.settleMissing(record, await this.#verify(record));
    });
  }

  /** A room that was written back to a lost list since it was read is as lost as those that were on it. */
  async #verify(record: NestRecord): Promise<Verdict> {
    const verdict = await this.#parts.sight.verify(record, false);
    return verdict === 'there' && this.#landmark?.mustLeave(record) ? 'wiped' : verdict;
  }

  /** Rooms that no active record names. */
  async #sweepRooms(rooms: MediaRoom[], records: ReadonlyMap<string, NestRecord>): Promise<void> {
    const unknown = new Set<string>();
    await this.#each(rooms, async (room) => {
      const name = parseRoomName(room.name);
      if (!name) return;
      const record = records.get(name.nestId);
      if (record) await this.#sweepOld(record, room, name.generation);
      else unknown.add(name.nestId);
    });
    await this.#each([...unknown], async (id) => {
      const record = (await this.#parts.records.get(id)) ?? (await this.#healer.restore(id));
      if (!record) return;
      if (record.retired.length > 0) await this.#parts.retirement.sweep(record);
      for (const room of rooms) {
        const name = parseRoomName(room.name);
        if (name?.nestId === id) await this.#sweepOld(record, room, name.generation);
      }
    });
  }

  /** A room of this nest that is neither its room nor about to be nor being seen off: told, then deleted. */
  async #sweepOld(record: NestRecord, room: MediaRoom, generation: number): Promise<void> {
    const { seal, media, repairs } = this.#parts;
    const isCurrent = record.status === 'active' && record.generation === generation && !record.idle;
    if (isCurrent || record.pending?.generation === generation) return;
    if (record.retired.some((retired) => retired.generation === generation)) return;
    // A newer number than this record knows: the record was read before that move.
    if (generation > record.lastGeneration) return;
    if (seal.open(room.metadata)?.id !== record.id) return;
    if (room.participants > 0) await media.send(room.name, farewellOf(record));
    if (!(await media.deleteRoom(room.name))) return;
    const kind = record.status === 'ended' ? 'room_ended' : 'room_orphan';
    repairs.made(kind, record.id, 'a room that belongs to no nest any more', { room: room.name });
  }

  /** A nest whose creation was never confirmed: its host was told so, nobody knows it. */
  async #abandon(record: NestRecord): Promise<void> {
    const { store, media, clock, repairs } = this.#parts;
    const { pending } = record;
    if (!pending || clock.now() - pending.since < UNFINISHED_MS) return;
    await media.deleteRoom(roomName(record.id, pending.generation));
    if (await store.drop(record.id, record.rev)) {
      repairs.made('move_abandoned', record.id, 'a nest was never finished being made');
    }
  }

  /** Forgets a nest whose time is over, and its room with it, or the room would give it back. */
  async #expire(record: NestRecord): Promise<boolean> {
    const { store, media, clock, repairs } = this.#parts;
    if (expiresAt(record) > clock.now()) return false;
    if (!(await store.drop(record.id, record.rev))) return false;
    if (record.generation > 0) await media.deleteRoom(roomName(record.id, record.generation));
    repairs.made('nest_expired', record.id, 'nobody was there for long', { lastAliveAt: record.lastAliveAt });
    return true;
  }

  async #tidy(records: ReadonlyMap<string, NestRecord>): Promise<void> {
    const { store, clock, log } = this.#parts;
    await this.#each([...records.values()], (record) => this.#settleSuccession(record));
    const forgotten = await store.purge(clock.now());
    if (forgotten > 0) log.info('Forgot what was over', { nests: forgotten });
  }

  /** What each replica remembers by itself, whether or not it is the one that sweeps. */
  tidyHere(): void {
    const { sight, seats } = this.#parts;
    sight.prune();
    seats.prune();
    this.#healer.prune();
  }

  /** Whoever made a nest in place of a missing one may have died before saying so; then it counts, or another does. */
  async #settleSuccession(record: NestRecord): Promise<void> {
    const { store, clock, records, repairs } = this.#parts;
    const { id, host, isRecreated, originalRoomId, createdAt } = record;
    const age = clock.now() - createdAt;
    if (!isRecreated || originalRoomId === undefined || age < UNFINISHED_MS || age > CLAIM_CHECK_MS) return;
    const chain = await successorsOf(store, originalRoomId, host);
    if (chain.includes(id)) return;
    const others = await Promise.all(chain.map((other) => records.get(other)));
    if (others.some((other) => other !== undefined)) {
      await this.#forgetDouble(record);
      return;
    }
    if ((await store.claimSuccessor(chain.at(-1) ?? originalRoomId, host, id)) !== id) return;
    repairs.made('successor_claimed', id, 'a nest replaced a missing one without saying so', {
      originalRoomId,
    });
  }

  /** The host was never told of this nest and got another one. */
  async #forgetDouble(record: NestRecord): Promise<void> {
    const { store, media, repairs } = this.#parts;
    const room = roomName(record.id, record.generation);
    if ((await media.participants(room)).length > 0) return;
    if (!(await store.drop(record.id, record.rev))) return;
    await media.deleteRoom(room);
    repairs.made('move_abandoned', record.id, 'another nest replaces the same missing one');
  }

  /** A few side by side; what fails for one nest is no reason to leave the others. */
  async #each<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = items.values();
    let outage: unknown;
    let taken = 0;
    let breath = Promise.resolve();
    const worker = async (): Promise<void> => {
      for (const item of queue) {
        if (++taken % AT_A_STRETCH === 0) breath = this.#parts.clock.sleep(0);
        await breath;
        await work(item).catch((error: unknown) => {
          if (error instanceof StoreUnavailable || error instanceof MediaUnavailable) outage = error;
          this.#parts.log.debug('A repair is left to the next sweep', { error });
        });
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    if (outage !== undefined) this.#parts.log.debug('A part of the sweep has to wait', { error: outage });
  }
}
