/** Who is who in a nest, and who may do what. The server enforces this table, the web app draws its buttons by it. */

export const ROLES = ['host', 'admin', 'speaker', 'listener', 'guest'] as const;

/** Ordered from most to least; an admin is what people call a co-host. */
export type Role = (typeof ROLES)[number];

/** The part of a nest's record that decides roles; public keys in hex. */
export interface NestRoles {
  host: string;
  admins: string[];
  speakers: string[];
}

export const ACTIONS = [
  'publish',
  'step_down',
  'set_stage',
  'mute',
  'set_admin',
  'remove',
  'ban',
  'edit',
  'restart',
  'end',
  'raise_hand',
  'chat',
  'record',
  'invite',
] as const;

/** `step_down` is taking one's own place on the stage away; `set_stage` decides about somebody. */
export type Action = (typeof ACTIONS)[number];

/** The role of a key in a nest; null stands for somebody without a key. */
export function roleOf(nest: NestRoles, pubkey: string | null): Role {
  if (pubkey === null) return 'guest';
  if (pubkey === nest.host) return 'host';
  if (nest.admins.includes(pubkey)) return 'admin';
  return nest.speakers.includes(pubkey) ? 'speaker' : 'listener';
}

/** Who an action can be aimed at, by whom; a missing actor may never do it. No `targets` means it has no target. */
interface Rule {
  actors: readonly Role[];
  targets?: Partial<Record<Role, readonly Role[]>>;
}

const HOST = ['host'] as const;
const MODERATORS = ['host', 'admin'] as const;
const STAGE = ['host', 'admin', 'speaker'] as const;
const PEOPLE = ['host', 'admin', 'speaker', 'listener'] as const;
const BELOW_HOST = ['admin', 'speaker', 'listener'] as const;

const TABLE: Record<Action, Rule> = {
  publish: { actors: STAGE },
  step_down: { actors: PEOPLE },
  // Guests have no key that a place on the stage or an office could be bound to.
  set_stage: { actors: MODERATORS, targets: { host: PEOPLE, admin: BELOW_HOST } },
  mute: { actors: MODERATORS, targets: { host: PEOPLE, admin: BELOW_HOST } },
  set_admin: { actors: HOST, targets: { host: PEOPLE } },
  remove: {
    actors: MODERATORS,
    targets: { host: [...BELOW_HOST, 'guest'], admin: [...BELOW_HOST, 'guest'] },
  },
  // A ban binds a key, so a guest can only be removed.
  ban: { actors: MODERATORS, targets: { host: BELOW_HOST, admin: BELOW_HOST } },
  edit: { actors: HOST },
  restart: { actors: HOST },
  end: { actors: HOST },
  raise_hand: { actors: PEOPLE },
  chat: { actors: PEOPLE },
  record: { actors: MODERATORS },
  invite: { actors: MODERATORS },
};

/**
 * Whether somebody may do something, to a target of that role where the action has one. Without a target the answer
 * is whether they may do it to anybody at all.
 */
export function may(actor: Role, action: Action, target?: Role): boolean {
  const { actors, targets } = TABLE[action];
  if (!actors.includes(actor)) return false;
  if (targets === undefined || target === undefined) return true;
  return targets[actor]?.includes(target) ?? false;
}
