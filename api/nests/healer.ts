import { identityPubkey } from '@nests/protocol/identity';
import type { Parts } from './parts.ts';
import { isOurs } from './enforce.ts';
import { lowerHands } from './edits.ts';
import { ALIVE_EXACT_MS, stateOf, step } from './life.ts';
import { metadataRev } from './metadata.ts';
import type { MediaParticipant, MediaRoom } from './ports.ts';
import type { NestRecord } from './record.ts';
import { Restorer } from './restore.ts';
import type { Verdict } from './sight.ts';

/** Whoever intended a move has this long (ms) before somebody else takes it up unasked. */
const OTHERS_TURN_MS = 2_000;
/** A raised hand outlives its owner's absence by this long (ms): a reconnect must not cost the place in the queue. */
const HAND_PATIENCE_MS = 20_000;
/** After this long (ms) without a look at its nest, an absence is forgotten. */
const FORGET_MS = 10 * 60_000;
/** One nest is looked at no more often than this, in ms. */
const LOOK_SPACING_MS = 1_000;

interface Look {
  /** the look under way, and the pause after it */
  spent: Promise<void>;
  /** the one after that, for everybody who asked meanwhile */
  next?: Promise<void>;
}

/** Compares one nest with LiveKit and repairs what differs. */
export class Healer {
  readonly #parts: Parts;
  readonly #restorer: Restorer;
  readonly #looks = new Map<string, Look>();
  /** nest → pubkey of a raised hand → since when its owner is not inside */
  readonly #absent = new Map<string, Map<string, number>>();
  readonly #toldCounts = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#restorer = new Restorer(parts);
  }

  /** Looks at one nest now, or a second after the last look, together with all who ask meanwhile. Never throws. */
  look(id: string): Promise<void> {
    const last = this.#looks.get(id);
    if (!last) return this.#beginLook(id);
    last.next ??= last.spent.then(() => this.#beginLook(id));
    return last.next;
  }

  /** The record that a room of ours gives back for a nest the store does not know, if any. */
  restore(id: string): Promise<NestRecord | undefined> {
    return this.#restorer.restore(id);
  }

  /** People in rooms of a missing nest learn where its host went; see Restorer. */
  sendAfterHost(id: string, host: string, successor: string, rooms: MediaRoom[]): void {
    this.#restorer.sendAfterHost(id, host, successor, rooms);
  }

  /** Finishes a move that was left behind. */
  async resume(record: NestRecord): Promise<void> {
    const { clock, moves, repairs } = this.#parts;
    const { pending } = record;
    if (!pending || clock.now() - pending.since < OTHERS_TURN_MS) return;
    const after = await moves.go(record.id, { type: 'resume' });
    if (after.generation > record.generation) {
      repairs.made('move_finished', record.id, `a move was left unfinished: ${pending.why}`, {
        generation: after.generation,
      });
    }
  }

  /** The room of a live nest is not there: next generation, or idle when nobody was inside. */
  async settleMissing(record: NestRecord, verdict: Verdict): Promise<NestRecord> {
    const { moves, records, repairs, sight } = this.#parts;
    if (verdict === 'there') return record;
    const { id, generation } = record;
    if (verdict === 'gone' && sight.lastCount(record) === 0) {
      const { changed, record: idle } = await records.change(id, (found, now) =>
        step(found, { type: 'emptied', generation }, now),
      );
      if (changed)
        repairs.made('nest_idle', id, 'everybody has left and LiveKit closed the room', { generation });
      return idle;
    }
    const after = await moves.go(id, { type: verdict, generation });
    if (after.generation > generation) {
      const reason = verdict === 'wiped' ? 'LiveKit lost its list of rooms' : 'the LiveKit room was gone';
      repairs.made('nest_healed', id, reason, { generation: after.generation });
    }
    return after;
  }

  /** The room is there: who is inside, with which rights, how many, whose hands, and is the sealed copy up to date? */
  async inspect(record: NestRecord, room: MediaRoom): Promise<void> {
    const { media, enforcer, moves, records, repairs, sight, log } = this.#parts;
    const people = (await media.participants(room.name)).filter(isOurs);
    sight.counted(record, people.length);
    this.tellCount(record);
    await this.refreshMetadata(record, room).catch((error: unknown) => {
      // A record that LiveKit does not take, say; whoever is banned goes all the same.
      log.warn('The sealed record could not be written into the room', { nestId: record.id, error });
    });
    await this.#touchPresence(record, people.length);
    await this.#lowerHands(record, people);
    if (enforcer.agrees(record, people)) return;
    // What differs may have been decided after this record was read.
    const now = await records.get(record.id);
    if (!now || stateOf(now) !== 'live' || now.generation !== record.generation) return;
    const { missed, returned } = await enforcer.apply(now, now.generation, people, true);
    if (missed) await enforcer.insist(now, () => true);
    if (returned === undefined) return;
    const { generation } = now;
    const after = await moves.go(record.id, { type: 'returned', pubkey: returned, generation });
    if (after.generation > generation) {
      repairs.made('ban_moved', record.id, 'a banned key came back with an old token', {
        generation: after.generation,
      });
    }
  }

  /** The same for a nest that is live, if its room is there. */
  async lookInside(record: NestRecord): Promise<void> {
    const room = await this.#parts.sight.ask(record);
    if (room) await this.inspect(record, room);
  }

  /** Rewrites the sealed record in the room when it is behind. */
  async refreshMetadata(record: NestRecord, room: MediaRoom): Promise<void> {
    if (metadataRev(room.metadata) >= record.rev) return;
    if (!(await this.#parts.metadata.write(record))) return;
    this.#parts.repairs.made('metadata_rewritten', record.id, 'the sealed record in LiveKit was behind', {
      rev: record.rev,
    });
  }

  /** Tells the feed how many are inside, when that has changed; once a minute in any case, for others tell it, too. */
  tellCount(record: NestRecord): void {
    const participantCount = this.#parts.sight.lastCount(record) ?? 0;
    if (this.#toldCounts.get(record.id) === participantCount) return;
    this.#toldCounts.set(record.id, participantCount);
    this.#parts.feed.publish(record.id, { type: 'participants', participantCount }, record.rev);
  }

  /** Forgets which counts it told, so that each is told once more, and who was absent when it last looked long ago. */
  prune(): void {
    this.#toldCounts.clear();
    const oldest = this.#parts.clock.now() - FORGET_MS;
    for (const [id, absent] of this.#absent) {
      if ([...absent.values()].every((since) => since < oldest)) this.#absent.delete(id);
    }
  }

  #beginLook(id: string): Promise<void> {
    const { clock, log } = this.#parts;
    const until = clock.now() + LOOK_SPACING_MS;
    const done = this.#lookOnce(id).catch((error: unknown) => {
      log.debug('A look is left to the sweep', { nestId: id, error });
    });
    const look: Look = { spent: done.then(() => clock.sleep(Math.max(0, until - clock.now()))) };
    this.#looks.set(id, look);
    void look.spent.then(() => {
      if (!look.next) this.#looks.delete(id);
    });
    return done;
  }

  async #lookOnce(id: string): Promise<void> {
    const { records, retirement, sight } = this.#parts;
    const record = (await records.get(id)) ?? (await this.restore(id));
    if (!record) return;
    await retirement.sweep(record);
    const state = stateOf(record);
    if (state === 'restarting') await this.resume(record);
    if (state !== 'live') return;
    const room = await sight.ask(record);
    if (room) await this.inspect(record, room);
    else await this.settleMissing(record, await sight.verify(record));
  }

  async #touchPresence(record: NestRecord, inside: number): Promise<void> {
    const { records, clock } = this.#parts;
    if (inside === 0 || clock.now() - record.lastAliveAt < ALIVE_EXACT_MS) return;
    await records.change(record.id, (found, now) => step(found, { type: 'alive' }, now));
  }

  async #lowerHands(record: NestRecord, people: MediaParticipant[]): Promise<void> {
    const absent = this.#noteAbsent(record, new Set(people.map(({ identity }) => identityPubkey(identity))));
    const now = this.#parts.clock.now();
    const left = new Set(
      [...absent].filter(([, since]) => now - since >= HAND_PATIENCE_MS).map(([who]) => who),
    );
    if (left.size === 0) return;
    const edit = lowerHands(left);
    const { changed } = await this.#parts.records.change(record.id, (found, at) =>
      step(found, { type: 'attend', edit }, at),
    );
    if (changed) {
      this.#parts.repairs.made('hand_lowered', record.id, 'people left with a raised hand', {
        hands: left.size,
      });
    }
  }

  /** Since when the owners of raised hands are not inside. */
  #noteAbsent(record: NestRecord, present: ReadonlySet<string | null>): Map<string, number> {
    const known = this.#absent.get(record.id);
    const absent = new Map<string, number>();
    for (const { pubkey } of record.hands) {
      if (!present.has(pubkey)) absent.set(pubkey, known?.get(pubkey) ?? this.#parts.clock.now());
    }
    if (absent.size === 0) this.#absent.delete(record.id);
    else this.#absent.set(record.id, absent);
    return absent;
  }
}
