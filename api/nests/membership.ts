import { identityPubkey } from '@nests/protocol/identity';
import type { Action } from '@nests/protocol/roles';
import { demand } from './admission.ts';
import { demandStart, withinCapacity } from './create.ts';
import { hashSecret, type Doors } from './doors.ts';
import { addInvite, addMembers, inOrder, patchOptions, removeMember, revokeInvite } from './edits.ts';
import { isOurs, peopleInside } from './enforce.ts';
import { type Edit, step } from './life.ts';
import type { Parts } from './parts.ts';
import type { NestRecord } from './record.ts';
import type { Actor, InviteView, NestPatch, NewInvite } from './use-cases.ts';

/** Options, members and invitations. */
export class Membership {
  readonly #parts: Parts;
  readonly #doors: Doors;

  constructor(parts: Parts, doors: Doors) {
    this.#parts = parts;
    this.#doors = doors;
  }

  /** Changes the options. A nest that becomes invite-only keeps the people it has. */
  async patch(id: string, actor: Actor, asked: NestPatch): Promise<NestRecord> {
    const { clock, options } = this.#parts;
    demandStart(asked.starts, clock.now());
    const changes = withinCapacity(asked, options.capacity);
    const record = await this.#doors.load(id);
    demand(record, actor, 'edit');
    const closes = changes.access === 'invite' && record.access === 'public';
    const edit = closes
      ? inOrder(addMembers(await this.#keysInside(record)), patchOptions(changes))
      : patchOptions(changes);
    const after = await this.#edit(record, actor, 'edit', edit);
    await this.#enforceEntry(record, after);
    return after;
  }

  /** Lets a key into an invite-only nest. */
  async addMember(id: string, actor: Actor, pubkey: string): Promise<void> {
    const record = await this.#doors.load(id);
    demand(record, actor, 'invite');
    await this.#edit(record, actor, 'invite', addMembers([pubkey]));
  }

  /** A key may not enter any more; while the nest is invite-only it also has to leave. */
  async removeMember(id: string, actor: Actor, pubkey: string): Promise<void> {
    const record = await this.#doors.load(id);
    demand(record, actor, 'invite');
    const after = await this.#edit(record, actor, 'invite', removeMember(pubkey));
    await this.#parts.enforcer.insist(after, (identity) => identityPubkey(identity) === pubkey);
  }

  /** A new invitation; its secret is told this once. */
  async invite(id: string, actor: Actor): Promise<NewInvite> {
    const { ids, clock } = this.#parts;
    const record = await this.#doors.load(id);
    demand(record, actor, 'invite');
    const secret = ids.random() + ids.random();
    const invite = {
      id: ids.uuid(),
      hash: hashSecret(secret),
      by: actor.pubkey ?? record.host,
      at: clock.now(),
    };
    await this.#edit(record, actor, 'invite', addInvite(invite));
    return { id: invite.id, secret };
  }

  /** The open invitations. */
  async invites(id: string, actor: Actor): Promise<InviteView[]> {
    const record = await this.#doors.load(id);
    demand(record, actor, 'invite');
    return record.invites.map(({ hash: _, ...invite }) => invite);
  }

  /** Closes an invitation. */
  async revokeInvite(id: string, actor: Actor, inviteId: string): Promise<void> {
    const record = await this.#doors.load(id);
    demand(record, actor, 'invite');
    await this.#edit(record, actor, 'invite', revokeInvite(inviteId));
  }

  async #edit(record: NestRecord, actor: Actor, action: Action, edit: Edit): Promise<NestRecord> {
    const { record: after } = await this.#parts.records.change(record.id, (found, now) => {
      demand(found, actor, action);
      return step(found, { type: 'edit', edit }, now);
    });
    this.#doors.keepAlive(after);
    return after;
  }

  async #keysInside(record: NestRecord): Promise<string[]> {
    const people = (await peopleInside(this.#parts.media, record)).map(({ person }) => person);
    const keys = people.filter(isOurs).map(({ identity }) => identityPubkey(identity));
    return [...new Set(keys.filter((key) => key !== null))];
  }

  /** Whoever may not be inside under the new options has to leave. */
  async #enforceEntry(before: NestRecord, after: NestRecord): Promise<void> {
    const stricter = (before.guests && !after.guests) || before.access !== after.access;
    if (stricter) await this.#parts.enforcer.insist(after, () => true);
  }
}
