import { identityPubkey } from '@nests/protocol/identity';
import { roleOf } from '@nests/protocol/roles';
import { demand, targetRole, whyNotPerson } from './admission.ts';
import type { Doors } from './doors.ts';
import {
  banPerson,
  bringOnStage,
  inOrder,
  liftBan,
  lowerHands,
  raiseHand,
  removePerson,
  setAdmin,
  takeOffStage,
} from './edits.ts';
import { peopleInside } from './enforce.ts';
import { NestError } from './errors.ts';
import type { Guard } from './guard.ts';
import { type Edit, stateOf, step } from './life.ts';
import type { Parts } from './parts.ts';
import type { Ban, NestRecord } from './record.ts';
import type { Actor, PermissionChange, Removal } from './use-cases.ts';

/** Who speaks, who asks to, and who has to go. */
export class Moderation {
  readonly #parts: Parts;
  readonly #doors: Doors;
  readonly #guard: Guard;

  constructor(parts: Parts, doors: Doors, guard: Guard) {
    this.#parts = parts;
    this.#doors = doors;
    this.#guard = guard;
  }

  /** Raises or lowers the actor's hand. */
  async hand(id: string, actor: Actor, raised: boolean): Promise<void> {
    const { pubkey } = actor;
    const record = await this.#doors.load(id);
    demandHand(record, actor);
    if (pubkey === null) throw new NestError('forbidden');
    await this.#parts.records.change(id, (found, now) => {
      demandHand(found, actor);
      const edit = raised ? raiseHand(pubkey, now) : lowerHands(new Set([pubkey]));
      return step(found, { type: 'attend', edit }, now);
    });
    this.#doors.keepAlive(record);
  }

  /** Changes one participant's place; says whether anything changed. */
  async permissions(id: string, actor: Actor, change: PermissionChange): Promise<{ changed: boolean }> {
    const record = await this.#doors.load(id);
    demandPermissions(record, actor, change);
    const edit = editOf(change);
    // Somebody who shall speak needs a LiveKit that answers; it is asked before anything is written.
    if (change.can_publish || change.is_admin || change.mute_microphone) await this.#demandLiveKit(record);
    const { changed, record: after } = await this.#parts.records.change(id, (found, now) => {
      demandPermissions(found, actor, change);
      return step(found, { type: 'edit', edit }, now);
    });
    if (changed) {
      await this.#parts.enforcer.insist(after, (identity) => identityPubkey(identity) === change.participant);
    }
    const muted = change.mute_microphone ? await this.#mute(after, change.participant) : 0;
    this.#doors.keepAlive(after);
    return { changed: changed || muted > 0 };
  }

  /** Takes somebody out, for now or for good. */
  async remove(id: string, actor: Actor, { participant, ban, reason }: Removal): Promise<void> {
    const { records, media, clock, enforcer, log } = this.#parts;
    const action = ban ? 'ban' : 'remove';
    const record = await this.#doors.load(id);
    demand(record, actor, action, targetRole(record, participant));
    const isThem = (identity: string) => identity === participant || identityPubkey(identity) === participant;
    // A removal names the connections there are. A ban needs no LiveKit: it holds from the moment it is written.
    const inside = ban ? [] : await peopleInside(media, record);
    const identities = inside.map(({ person }) => person.identity).filter(isThem);
    const by = actor.pubkey ?? record.host;
    const edit = ban
      ? banPerson({
          pubkey: participant,
          by,
          at: clock.now(),
          ...(reason === undefined ? {} : { reason }),
        })
      : removePerson(identityPubkey(participant), withGuest(identities, participant));
    const { changed, record: after } = await records.change(id, (found, now) => {
      demand(found, actor, action, targetRole(found, participant));
      return step(found, { type: 'edit', edit }, now);
    });
    this.#guard.stand(id);
    await enforcer.insist(after, isThem);
    if (changed) log.info(ban ? 'Banned a key' : 'Removed somebody', { nestId: id, by });
    this.#doors.keepAlive(after);
  }

  /** The bans, oldest first. */
  async bans(id: string, actor: Actor): Promise<Ban[]> {
    const record = await this.#doors.load(id);
    demand(record, actor, 'ban');
    return record.bans.map(({ moved: _, ...ban }) => ban);
  }

  /** Lifts a ban; that takes the key itself. */
  async unban(id: string, actor: Actor, pubkey: string): Promise<void> {
    if (actor.by !== 'key') throw new NestError('key_required');
    const record = await this.#doors.load(id);
    demand(record, actor, 'ban');
    const { changed } = await this.#parts.records.change(id, (found, now) => {
      demand(found, actor, 'ban');
      return step(found, { type: 'edit', edit: liftBan(pubkey) }, now);
    });
    if (changed) this.#parts.log.info('Lifted a ban', { nestId: id });
    this.#doors.keepAlive(record);
  }

  async #demandLiveKit(record: NestRecord): Promise<void> {
    if (stateOf(record) === 'live' && !this.#parts.sight.confirmed(record))
      await this.#parts.sight.ask(record);
  }

  async #mute(record: NestRecord, pubkey: string): Promise<number> {
    const { media } = this.#parts;
    let muted = 0;
    for (const { room, person } of await peopleInside(media, record)) {
      if (identityPubkey(person.identity) !== pubkey) continue;
      muted += await media.muteMicrophone(room, person.identity);
    }
    return muted;
  }
}

function withGuest(identities: string[], participant: string): string[] {
  return identityPubkey(participant) === null ? [...new Set([...identities, participant])] : identities;
}

/** @throws NestError `banned`, `removed`, `forbidden`, `invite_only` */
function demandHand(record: NestRecord, actor: Actor): void {
  demand(record, actor, 'raise_hand');
  const why = actor.pubkey === null ? null : whyNotPerson(record, actor.pubkey);
  if (why !== null) throw new NestError(why);
}

/** @throws NestError `banned`, `removed`, `forbidden`, `key_required` */
function demandPermissions(record: NestRecord, actor: Actor, change: PermissionChange): void {
  const target = roleOf(record, change.participant);
  const isSelf = actor.pubkey === change.participant;
  if (change.is_admin !== undefined) {
    demand(record, actor, 'set_admin', target);
    if (actor.by !== 'key') throw new NestError('key_required');
  }
  if (change.can_publish !== undefined) {
    const stepsDown = isSelf && !change.can_publish;
    if (stepsDown) demand(record, actor, 'step_down');
    else demand(record, actor, 'set_stage', target);
  }
  if (change.mute_microphone !== undefined && !isSelf) demand(record, actor, 'mute', target);
  if (isSelf) demand(record, actor, 'step_down');
}

function editOf({ participant, can_publish, is_admin }: PermissionChange): Edit {
  const edits: Edit[] = [];
  if (is_admin !== undefined) edits.push(setAdmin(participant, is_admin));
  if (can_publish !== undefined) {
    edits.push(can_publish ? bringOnStage(participant) : takeOffStage(participant));
  }
  return inOrder(...edits);
}
