import { parseRoomName } from '@nests/protocol/rooms';
import { feedState } from './announce.ts';
import { maySee } from './admission.ts';
import { SingleFlight } from './background.ts';
import type { Doors } from './doors.ts';
import { NestError } from './errors.ts';
import type { Parts } from './parts.ts';
import type { MediaRoom } from './ports.ts';
import type { NestRecord } from './record.ts';
import type { Actor, DiagnosticsView, ListedNest, NestView, StateView } from './use-cases.ts';

/** What can be known about nests, by whom. */
export class Views {
  readonly #parts: Parts;
  readonly #doors: Doors;
  readonly #lastSweepAt: () => number | undefined;
  readonly #listing = new SingleFlight<ListedNest[]>();

  constructor(parts: Parts, doors: Doors, lastSweepAt: () => number | undefined) {
    this.#parts = parts;
    this.#doors = doors;
    this.#lastSweepAt = lastSweepAt;
  }

  /** @throws NestError `room_not_found`, `ended` */
  async info(id: string, actor: Actor | null): Promise<NestView> {
    const record = await this.#doors.load(id);
    if (record.status === 'ended') throw new NestError('ended');
    return this.view(record, actor);
  }

  /** One nest, as this caller may see it. */
  async view(record: NestRecord, actor: Actor | null): Promise<NestView> {
    const { status, access, starts, stageLimit, capacity } = record;
    if (!maySee(record, actor)) return { hidden: true, status, access };
    return {
      hidden: false,
      host: record.host,
      speakers: record.speakers,
      admins: record.admins,
      relays: record.relays,
      participantCount: await this.#parts.sight.count(record),
      createdAt: record.createdAt,
      status,
      access,
      guests: record.guests,
      hls_stream: record.hls_stream,
      generation: record.generation,
      ...(starts === undefined ? {} : { starts }),
      ...(stageLimit === undefined ? {} : { stageLimit }),
      // The operator may have made it less since.
      ...(capacity === undefined ? {} : { capacity: Math.min(capacity, this.#parts.options.capacity) }),
    };
  }

  /** Live and public nests, the fullest first. */
  list(): Promise<ListedNest[]> {
    return this.#listing.run('', async () => {
      const { store, sight } = this.#parts;
      // The counts are as true as LiveKit lets them be; without it the last known ones are shown.
      await sight.all().catch(() => []);
      const records = await store.active();
      return records
        .filter(isListed)
        .map((record) => listed(record, sight.lastCount(record) ?? 0))
        .sort((a, b) => b.participantCount - a.participantCount || b.startedAt - a.startedAt);
    });
  }

  /** @throws NestError `room_not_found` */
  async successor(id: string, host: string): Promise<{ roomId: string; relays: string[] }> {
    const { store, records } = this.#parts;
    const roomId = await store.successor(id, host);
    if (roomId === undefined) throw new NestError('room_not_found');
    const record = await records.get(roomId);
    return { roomId, relays: record?.relays ?? [] };
  }

  /** @throws NestError `room_not_found`, `ended`, `invite_only` */
  async state(id: string, actor: Actor | null): Promise<StateView> {
    const record = await this.#doors.load(id);
    if (!maySee(record, actor)) throw new NestError('invite_only');
    if (record.status === 'ended') throw new NestError('ended');
    return { state: feedState(record, await this.#parts.sight.count(record)), rev: record.rev };
  }

  /** The server's half of the diagnostics: never throws for an outage, it reports it. */
  async diagnostics(id: string, actor: Actor | null): Promise<DiagnosticsView> {
    const { records, sight } = this.#parts;
    const stored = await report(records.get(id));
    const record = stored.value;
    const looked = await report(record?.generation ? sight.ask(record) : this.#roomOfMissing(id));
    const isHost = record !== undefined && actor?.pubkey === record.host;
    const sees = record !== undefined && maySee(record, actor);
    const room = looked.value;
    const lastSweepAt = this.#lastSweepAt();
    return {
      roomId: id,
      store: stored.check,
      livekit: looked.check,
      record: stored.check.ok ? recordView(record, { sees, isHost }) : {},
      room: {
        ...(looked.check.ok ? { present: room !== undefined } : {}),
        ...(room && sees ? { participants: sight.lastCount(record) ?? 0 } : {}),
        ...(room && isHost ? { name: room.name } : {}),
      },
      ...(lastSweepAt === undefined ? {} : { lastSweepAt }),
    };
  }

  /** A room of ours whose record is missing: the next join gives the record back. */
  async #roomOfMissing(id: string): Promise<MediaRoom | undefined> {
    const { sight, seal } = this.#parts;
    const rooms = await sight.all();
    return rooms.find(
      ({ name, metadata }) => parseRoomName(name)?.nestId === id && seal.open(metadata)?.id === id,
    );
  }
}

/** Open to everybody and with a room; also while it moves to the next one. */
function isListed({ access, status, idle, generation }: NestRecord): boolean {
  return access === 'public' && status === 'active' && !idle && generation > 0;
}

function listed(record: NestRecord, participantCount: number): ListedNest {
  return {
    roomId: record.id,
    host: record.host,
    relays: record.relays,
    participantCount,
    speakers: record.speakers,
    hls_stream: record.hls_stream,
    createdAt: record.createdAt,
    startedAt: record.startedAt ?? record.createdAt,
  };
}

function recordView(
  record: NestRecord | undefined,
  { sees, isHost }: { sees: boolean; isHost: boolean },
): DiagnosticsView['record'] {
  if (!record) return { present: false };
  const { status, generation, idle, lastAliveAt, pending } = record;
  if (!sees) return { present: true, status };
  return {
    present: true,
    status,
    generation,
    idle,
    lastAliveAt,
    ...(isHost && pending ? { pending: pending.why } : {}),
  };
}

/** What an outage looks like from outside: that it is one, not its innards. */
async function report<T>(
  answer: Promise<T>,
): Promise<{ check: { ok: boolean; message?: string }; value?: T }> {
  try {
    return { check: { ok: true }, value: await answer };
  } catch (error) {
    return { check: { ok: false, message: error instanceof Error ? error.name : 'Error' } };
  }
}
