import { Creation } from './create.ts';
import { Doors } from './doors.ts';
import { NestError } from './errors.ts';
import { Guard } from './guard.ts';
import { Healer } from './healer.ts';
import { Membership } from './membership.ts';
import { Moderation } from './moderation.ts';
import { makeParts, type DomainOptions, type Ports } from './parts.ts';
import { MediaUnavailable, StoreRecovering, StoreUnavailable } from './ports.ts';
import type { RepairKind } from './repairs.ts';
import { Restart } from './restart.ts';
import { Sweep } from './sweep.ts';
import type { UseCases } from './use-cases.ts';
import { Views } from './views.ts';

export type { DomainOptions, Ports } from './parts.ts';

/** The domain, wired. */
export interface Domain {
  nests: UseCases;
  sweep: Sweep;
  /** how often this process repaired what, by kind */
  repairs: Readonly<Record<RepairKind, number>>;
}

/** Wires the domain from its ports. Nothing runs until `sweep.start()`. */
export function makeDomain(ports: Ports, options: DomainOptions): Domain {
  const parts = makeParts(ports, options);
  const healer = new Healer(parts);
  const sweep = new Sweep(parts, healer);
  const doors = new Doors(parts, healer);
  const creation = new Creation(parts, doors);
  const restart = new Restart(parts, doors, creation, healer);
  const moderation = new Moderation(parts, doors, new Guard(parts, healer));
  const membership = new Membership(parts, doors);
  const views = new Views(parts, doors, () => sweep.lastAt);

  const nests: UseCases = {
    create: (pubkey, given) => answer(() => creation.create(pubkey, given)),
    start: (id, pubkey, identity) => answer(() => creation.start(id, pubkey, identity)),
    patch: (id, actor, changes) =>
      answer(async () => views.view(await membership.patch(id, actor, changes), actor)),

    join: (id, actor, secret) => answer(() => doors.join(id, actor, secret)),
    guest: (id) => answer(() => doors.guest(id)),
    renew: (id, actor) => answer(() => doors.renew(id, actor)),

    info: (id, actor) => answer(() => views.info(id, actor)),
    list: () => answer(() => views.list()),
    successor: (id, host) => answer(() => views.successor(id, host)),
    state: (id, actor) => answer(() => views.state(id, actor)),
    diagnostics: (id, actor) => answer(() => views.diagnostics(id, actor)),

    hand: (id, actor, raised) => answer(() => moderation.hand(id, actor, raised)),
    permissions: (id, actor, change) => answer(() => moderation.permissions(id, actor, change)),
    remove: (id, actor, removal) => answer(() => moderation.remove(id, actor, removal)),
    bans: (id, actor) => answer(() => moderation.bans(id, actor)),
    unban: (id, actor, pubkey) => answer(() => moderation.unban(id, actor, pubkey)),

    addMember: (id, actor, pubkey) => answer(() => membership.addMember(id, actor, pubkey)),
    removeMember: (id, actor, pubkey) => answer(() => membership.removeMember(id, actor, pubkey)),
    invite: (id, actor) => answer(() => membership.invite(id, actor)),
    invites: (id, actor) => answer(() => membership.invites(id, actor)),
    revokeInvite: (id, actor, inviteId) => answer(() => membership.revokeInvite(id, actor, inviteId)),

    restart: (id, pubkey, given) => answer(() => restart.restart(id, pubkey, given?.relays)),
    end: (id, pubkey) => answer(() => restart.end(id, pubkey)),

    look: (id) => healer.look(id),
    settled: () => parts.background.settled(),
  };
  return { nests, sweep, repairs: parts.repairs.counts };
}

/** An outage of a dependency is a refusal like any other to the caller: 503, with the part that is down. */
async function answer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreRecovering) throw new NestError('recovering', { cause: error });
    if (error instanceof StoreUnavailable) throw new NestError('store_unavailable', { cause: error });
    if (error instanceof MediaUnavailable) throw new NestError('livekit_unavailable', { cause: error });
    throw error;
  }
}
