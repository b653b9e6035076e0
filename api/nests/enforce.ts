import type { ErrorCode } from '@nests/protocol/errors';
import { identityPubkey, isGuestIdentity } from '@nests/protocol/identity';
import { roomName } from '@nests/protocol/rooms';
import { whyNotIdentity } from './admission.ts';
import type { Background } from './background.ts';
import type { Records } from './change.ts';
import type { Clock, MediaParticipant, MediaServer } from './ports.ts';
import type { NestRecord } from './record.ts';
import type { Repairs } from './repairs.ts';
import { standingOf } from './tokens.ts';

/** How long a "not found" is not believed when somebody has to go (LIVEKIT.md 34), and how often it is tried, in ms. */
const INSIST_MS = 10_000;
const INSIST_EVERY_MS = 1_000;

/** What enforcing a record found. */
export interface Enforced {
  /** LiveKit said "not found" about somebody it had just listed */
  missed: boolean;
  /** a banned key that came back after its ban, whose ban has not moved the nest yet */
  returned?: string;
}

/** Whether the operator of the server keeps this key out of it. */
export type IsBlocked = (pubkey: string) => boolean;

/** Only these identities; all when absent. */
export type Whom = (identity: string) => boolean;

/** Makes a LiveKit room agree with the record about who is inside and who may publish. */
export class Enforcer {
  readonly #records: Records;
  readonly #media: MediaServer;
  readonly #clock: Clock;
  readonly #background: Background;
  readonly #repairs: Repairs;
  readonly #isBlocked: IsBlocked;

  constructor(parts: {
    records: Records;
    media: MediaServer;
    clock: Clock;
    background: Background;
    repairs: Repairs;
    isBlocked: IsBlocked;
  }) {
    this.#records = parts.records;
    this.#media = parts.media;
    this.#clock = parts.clock;
    this.#background = parts.background;
    this.#repairs = parts.repairs;
    this.#isBlocked = parts.isBlocked;
  }

  /**
   * Applies the record to people that LiveKit just listed in its room of `generation`. Where that is not what somebody
   * has just asked for, it is a repair.
   */
  async apply(
    record: NestRecord,
    generation: number,
    people: MediaParticipant[],
    isRepair: boolean,
  ): Promise<Enforced> {
    const room = roomName(record.id, generation);
    const enforced: Enforced = { missed: false };
    for (const person of people) {
      if (!isOurs(person)) continue;
      const done = await this.#applyTo(record, room, person, isRepair);
      if (!done) enforced.missed = true;
      const returned = generation === record.generation ? returnedKey(record, person) : undefined;
      if (returned !== undefined) enforced.returned = returned;
    }
    return enforced;
  }

  /**
   * Applies the record to these people at once, in the room of now and in those that are being left; where LiveKit does
   * not answer or says "not found", goes on trying in the background for ten seconds. After that it is the sweep's.
   */
  async insist(record: NestRecord, whom: Whom): Promise<void> {
    if (await this.#settles(record, whom)) return;
    this.#background.run('Enforcing', record.id, async () => {
      const until = this.#clock.now() + INSIST_MS;
      while (this.#clock.now() < until) {
        await this.#background.pause(INSIST_EVERY_MS);
        const now = await this.#records.get(record.id);
        if (!now || (await this.#settles(now, whom))) return;
      }
    });
  }

  /** Would {@link apply} have anything to do? */
  agrees(record: NestRecord, people: MediaParticipant[]): boolean {
    return people.every((person) => !isOurs(person) || this.#isAsItShouldBe(record, person));
  }

  async #settles(record: NestRecord, whom: Whom): Promise<boolean> {
    try {
      for (let current = record; ;) {
        if (await this.#misses(current, whom)) return false;
        const now = await this.#records.get(record.id);
        // Two decisions about one person may have reached LiveKit in the other order.
        if (!now || now.rev === current.rev) return true;
        current = now;
      }
    } catch {
      return false;
    }
  }

  async #misses(record: NestRecord, whom: Whom): Promise<boolean> {
    const missed = await Promise.all(
      roomsInUse(record).map(async (generation) => {
        const people = await this.#media.participants(roomName(record.id, generation));
        const concerned = people.filter(({ identity }) => whom(identity));
        return (await this.apply(record, generation, concerned, false)).missed;
      }),
    );
    return missed.includes(true);
  }

  /** False when LiveKit said "not found". */
  async #applyTo(
    record: NestRecord,
    room: string,
    person: MediaParticipant,
    isRepair: boolean,
  ): Promise<boolean> {
    const { identity } = person;
    const why = this.#whyNot(record, identity);
    if (why !== null) {
      const removed = await this.#media.remove(room, identity);
      if (removed && isRepair) {
        const kind = why === 'banned' ? 'ban_enforced' : 'person_removed';
        this.#repairs.made(kind, record.id, `somebody was inside without the right: ${why}`, { room });
      }
      return removed;
    }
    if (this.#isAsItShouldBe(record, person)) return true;
    const standing = standingOf(record, identity);
    const set = await this.#media.setRole(room, identity, standing);
    if (set && isRepair) {
      const { role, canPublish } = standing;
      const what = 'somebody had other rights than the record gives';
      this.#repairs.made('rights_corrected', record.id, what, { room, role, canPublish });
    }
    return set;
  }

  #isAsItShouldBe(record: NestRecord, { identity, canPublish, attributes }: MediaParticipant): boolean {
    if (this.#whyNot(record, identity) !== null) return false;
    const standing = standingOf(record, identity);
    return canPublish === standing.canPublish && attributes['role'] === standing.role;
  }

  #whyNot(record: NestRecord, identity: string): ErrorCode | null {
    const pubkey = identityPubkey(identity);
    if (pubkey !== null && this.#isBlocked(pubkey)) return 'blocked';
    return whyNotIdentity(record, identity);
  }
}

/** Somebody that people see: not the recorder, not a visitor of other software, not somebody who has left. */
export function isOurs({ identity, hidden, state }: MediaParticipant): boolean {
  if (hidden || state === 'disconnected') return false;
  return identityPubkey(identity) !== null || isGuestIdentity(identity);
}

/** The rooms somebody of this nest may be in at this moment. */
function roomsInUse(record: NestRecord): number[] {
  const current =
    record.generation > 0 && !record.idle && record.status === 'active' ? [record.generation] : [];
  return [...current, ...record.retired.map(({ generation }) => generation)];
}

/**
 * Everybody in the rooms of this nest, with the room: also those who have not left the last one yet, or who are in the
 * next one already while its making is being written down.
 * @throws MediaUnavailable
 */
export async function peopleInside(
  media: Pick<MediaServer, 'participants'>,
  record: NestRecord,
): Promise<{ room: string; person: MediaParticipant }[]> {
  const { id, status, pending } = record;
  if (status === 'ended') return []; // nothing is decided about them any more
  const generations = new Set([...roomsInUse(record), ...(pending ? [pending.generation] : [])]);
  const found = await Promise.all(
    [...generations].map(async (generation) => {
      const room = roomName(id, generation);
      return (await media.participants(room)).map((person) => ({ room, person }));
    }),
  );
  return found.flat();
}

function returnedKey(record: NestRecord, { identity, joinedAt }: MediaParticipant): string | undefined {
  const pubkey = identityPubkey(identity);
  const ban = record.bans.find((known) => known.pubkey === pubkey);
  return ban && !ban.moved && joinedAt > ban.at ? ban.pubkey : undefined;
}
