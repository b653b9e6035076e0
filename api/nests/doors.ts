import { createHash } from 'node:crypto';
import { guestIdentity, identityPubkey, isGuestIdentity, personIdentity } from '@nests/protocol/identity';
import { isInvited, whyNotIdentity } from './admission.ts';
import { SingleFlight } from './background.ts';
import { addMembers } from './edits.ts';
import { NestError } from './errors.ts';
import type { Healer } from './healer.ts';
import { ALIVE_EXACT_MS, stateOf, step } from './life.ts';
import type { Parts } from './parts.ts';
import type { NestRecord } from './record.ts';
import { standingOf } from './tokens.ts';
import type { Actor, Entry } from './use-cases.ts';

/** How many steps somebody who wants in goes with a nest that moves meanwhile. */
const MOST_TRIES = 8;

/** The record after a step towards an open nest, and whether LiveKit has just confirmed its room. */
interface Opened {
  record: NestRecord;
  confirmed: boolean;
}

/** Lets people in: signed, as guests, or again with their session. */
export class Doors {
  readonly #parts: Parts;
  readonly #healer: Healer;
  readonly #opening = new SingleFlight<Opened>();

  constructor(parts: Parts, healer: Healer) {
    this.#parts = parts;
    this.#healer = healer;
  }

  /**
   * The nest as the store has it, or as a room of ours gives it back.
   * @throws NestError `room_not_found`
   */
  async load(id: string): Promise<NestRecord> {
    const record = (await this.#parts.records.get(id)) ?? (await this.#healer.restore(id));
    if (!record) throw new NestError('room_not_found');
    return record;
  }

  /** A signed join, or one with a session, which keeps its identity. */
  async join(id: string, actor: Actor, secret?: string): Promise<Entry> {
    const { pubkey, identity } = actor;
    if (pubkey === null) return identity === undefined ? this.guest(id) : this.renew(id, actor);
    let record = await this.load(id);
    if (secret !== undefined) record = await this.#acceptInvitation(record, pubkey, secret);
    if (identity !== undefined) return this.place(record, sessionIdentity(actor));
    return this.place(record, personIdentity(pubkey, this.#parts.ids.random()));
  }

  /** A place for somebody without a key. */
  async guest(id: string): Promise<Entry> {
    return this.place(await this.load(id), guestIdentity(this.#parts.ids.random()));
  }

  /** A fresh token for the identity of a session. */
  async renew(id: string, actor: Actor): Promise<Entry> {
    return this.place(await this.load(id), sessionIdentity(actor));
  }

  /**
   * A place in the nest's room, which is made or made anew first if that is what it takes.
   * @throws NestError for whoever has no right to it, `nest_full`, `not_started`, `ended`, `token_failed`
   */
  async place(record: NestRecord, identity: string): Promise<Entry> {
    demandEntry(record, identity);
    const open = await this.open(record);
    // Opening may have taken a while; the right is the record's at this moment.
    if (open !== record) demandEntry(open, identity);
    const { role, canPublish } = standingOf(open, identity);
    await this.#parts.seats.take(open, identity, canPublish || role === 'host' || role === 'admin');
    const entry = await this.#parts.tokens.entry(open, open.generation, identity);
    this.keepAlive(open);
    return entry;
  }

  /** The record with a room that LiveKit has confirmed: seen within the last second, or asked now. */
  async open(record: NestRecord): Promise<NestRecord> {
    const { sight } = this.#parts;
    let current = record;
    for (let count = 0; count < MOST_TRIES; count += 1) {
      if (stateOf(current) === 'live' && sight.confirmed(current)) return current;
      const wanted = current;
      const { record: opened, confirmed } = await this.#opening.run(record.id, () => this.#open(wanted));
      // Whoever opened it for others may have begun with an older record than ours.
      if (opened.rev < current.rev) continue;
      if (confirmed) return opened;
      current = opened;
    }
    throw new NestError('recovering');
  }

  /** A signed act is a sign of life; written behind the caller's back, and rarely. */
  keepAlive(record: NestRecord): void {
    const { background, records, clock } = this.#parts;
    if (record.status !== 'active' || clock.now() - record.lastAliveAt < ALIVE_EXACT_MS) return;
    background.run('Noting a sign of life', record.id, () =>
      records.change(record.id, (found, now) => step(found, { type: 'alive' }, now)),
    );
  }

  /** One step towards an open nest. Only the room LiveKit was asked for is confirmed; others moved it meanwhile. */
  async #open(record: NestRecord): Promise<Opened> {
    const { moves, sight } = this.#parts;
    if (stateOf(record) !== 'live') {
      return { record: await moves.go(record.id, { type: 'enter' }), confirmed: false };
    }
    if (await sight.ask(record)) return { record, confirmed: true };
    const verdict = await sight.verify(record);
    if (verdict === 'there') return { record, confirmed: true };
    return { record: await this.#healer.settleMissing(record, verdict), confirmed: false };
  }

  async #acceptInvitation(record: NestRecord, pubkey: string, secret: string): Promise<NestRecord> {
    if (record.access === 'public' || isInvited(record, pubkey)) return record;
    const hash = hashSecret(secret);
    const isOpen = (found: NestRecord) =>
      found.invites.some((invite) => invite.hash === hash) &&
      !found.bans.some((ban) => ban.pubkey === pubkey);
    if (!isOpen(record)) return record;
    const { record: joined } = await this.#parts.records.change(record.id, (found, now) =>
      isOpen(found) ? step(found, { type: 'edit', edit: addMembers([pubkey]) }, now) : found,
    );
    return joined;
  }
}

/** What the record keeps of an invitation's secret. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The identity a session names, if it is its person's. */
function sessionIdentity({ pubkey, identity }: Actor): string {
  const isTheirs =
    identity !== undefined &&
    identityPubkey(identity) === pubkey &&
    (pubkey !== null || isGuestIdentity(identity));
  if (!isTheirs) throw new NestError('session_invalid');
  return identity;
}

function demandEntry(record: NestRecord, identity: string): void {
  const why = whyNotIdentity(record, identity);
  if (why !== null) throw new NestError(why);
  const state = stateOf(record);
  if (state === 'ended') throw new NestError('ended');
  if (state !== 'planned') return;
  throw new NestError('not_started', record.starts === undefined ? {} : { starts: record.starts });
}
