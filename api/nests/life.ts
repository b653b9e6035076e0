import type { ErrorCode } from '@nests/protocol/errors';
import { NestError } from './errors.ts';
import type { MoveOrigin, MoveReason, NestRecord, PendingMove, RetiredRoom } from './record.ts';

/*
 * The life of a nest.
 *
 *                 start                        made                          end
 *    planned ───────────────▶ restarting ───────────────▶ live ───────────────────────────▶ ended
 *       │ ▲                   ▲  │  ▲  ▲                  │  │                                │ ▲
 *       │ └──── failed ───────┼──┘  │  └── restart, gone, ┘  │ emptied                        │ │
 *       │                     │     │      wiped, returned   ▼                                │ │
 *       │                     │     └──── enter, restart ── idle ──────────── end ────────────┼─┤
 *       │                     └──────────────────────────────────────── restart ──────────────┘ │
 *       └───────────────────────────────────── end ─────────────────────────────────────────────┘
 *
 * `idle`, `live` and `restarting` are the three faces of the stored status `active`: without a LiveKit room and needing
 * none, with a confirmed one, and between two. Every move to another room passes through `restarting`: a number is
 * intended (and never used again), LiveKit makes the room, `made` confirms it; `failed` goes back to where it came from.
 * Each transition is a function from record to record, or the name of a refusal; the record that comes back unchanged
 * (the same object) means that there is nothing to do.
 */

/** Where a nest is in its life. */
export const STATES = ['planned', 'idle', 'live', 'restarting', 'ended'] as const;
export type State = (typeof STATES)[number];

/** A move intended longer ago than this (ms) is taken up under a new number: its room may have come and gone. */
export const STALE_MOVE_MS = 20_000;

/** Restarts within this time (ms) of the last one are that one. */
export const SAME_RESTART_MS = 2_000;

/** How exact `lastAliveAt` is, in ms: signs of life are written no more often than this. */
export const ALIVE_EXACT_MS = 10 * 60_000;

/** What can happen to a nest. */
export type LifeEvent =
  /** the host opens a planned nest */
  | { type: 'start' }
  /** somebody with the right wants to be inside */
  | { type: 'enter' }
  /** the host wants a new room */
  | { type: 'restart' }
  /** a move under way is taken up by somebody else: the sweep */
  | { type: 'resume' }
  /** LiveKit confirmed that the room of this generation is gone, and people may have been inside */
  | { type: 'gone'; generation: number }
  /** LiveKit lost its list of rooms while people are inside */
  | { type: 'wiped'; generation: number }
  /** LiveKit confirmed that the room is gone, and nobody was inside */
  | { type: 'emptied'; generation: number }
  /** a banned key came back with an old token */
  | { type: 'returned'; pubkey: string; generation: number }
  /** LiveKit made the room of this generation */
  | { type: 'made'; generation: number; sid: string }
  /** LiveKit could not make it */
  | { type: 'failed'; generation: number }
  /** retired rooms are gone */
  | { type: 'cleared'; generations: number[] }
  /** somebody is inside, or acted */
  | { type: 'alive' }
  /** roles, bans, options, members: what may change before and during */
  | { type: 'edit'; edit: Edit }
  /** what only makes sense while it runs: hands */
  | { type: 'attend'; edit: Edit }
  /** the host closes it */
  | { type: 'end' };

/** A pure change of a record; the same object when there is nothing to change. */
export type Edit = (record: NestRecord) => NestRecord;

export type EventName = LifeEvent['type'];
type Of<E extends EventName> = Extract<LifeEvent, { type: E }>;
type Transition<E extends EventName> = (record: NestRecord, event: Of<E>, now: number) => NestRecord;

/** The complete table; a refusal is a code of the error catalogue. */
export const LIFE: { readonly [S in State]: { readonly [E in EventName]: Transition<E> | ErrorCode } } = {
  planned: {
    start: (record, _, now) => intend(record, 'start', now),
    enter: 'not_started',
    restart: 'not_started',
    resume: stay,
    gone: stay,
    wiped: stay,
    emptied: stay,
    returned: stay,
    made: 'conflict',
    failed: stay,
    cleared: clear,
    alive: stay,
    edit: (record, { edit }) => edit(record),
    attend: 'not_started',
    end,
  },
  idle: {
    start: 'already_started',
    enter: (record, _, now) => intend(record, 'idle', now),
    restart: (record, _, now) => intend(record, 'restart', now),
    resume: stay,
    gone: stay,
    wiped: stay,
    emptied: stay,
    returned: stay,
    made: 'conflict',
    failed: stay,
    cleared: clear,
    alive,
    edit: (record, { edit }) => edit(record),
    attend: (record, { edit }) => edit(record),
    end,
  },
  live: {
    start: 'already_started',
    enter: stay,
    restart: (record, _, now) =>
      now - (record.restartedAt ?? -Infinity) < SAME_RESTART_MS ? record : intend(record, 'restart', now),
    resume: stay,
    gone: (record, { generation }, now) =>
      generation === record.generation ? intend(record, 'heal', now) : record,
    wiped: (record, { generation }, now) =>
      generation === record.generation ? intend(record, 'wiped', now) : record,
    emptied: (record, { generation }) =>
      generation === record.generation ? { ...record, idle: true, hands: none(record.hands) } : record,
    returned: (record, { pubkey, generation }, now) =>
      generation === record.generation && record.bans.some((ban) => ban.pubkey === pubkey && !ban.moved)
        ? intend(record, 'ban', now)
        : record,
    made: (record, { generation }) => (generation === record.generation ? record : refuse('conflict')),
    failed: stay,
    cleared: clear,
    alive,
    edit: (record, { edit }) => edit(record),
    attend: (record, { edit }) => edit(record),
    end,
  },
  restarting: {
    start: (record, _, now) =>
      record.pending?.from === 'planned' ? resume(record, now) : refuse('already_started'),
    enter: (record, _, now) => resume(record, now),
    restart: (record, _, now) => because('restart', resume(record, now)),
    resume: (record, _, now) => resume(record, now),
    gone: stay,
    wiped: stay,
    emptied: stay,
    returned: stay,
    made: (record, { generation, sid }, now) =>
      record.pending?.generation === generation
        ? confirm(record, record.pending, sid, now)
        : refuse('conflict'),
    failed: (record, { generation }) =>
      record.pending?.generation === generation ? goBack(record, record.pending) : record,
    cleared: clear,
    alive,
    edit: (record, { edit }) => edit(record),
    attend: (record, { edit }) => edit(record),
    end,
  },
  ended: {
    start: 'ended',
    enter: 'ended',
    restart: (record, _, now) => intend(record, 'restart', now),
    resume: stay,
    gone: stay,
    wiped: stay,
    emptied: stay,
    returned: stay,
    made: 'ended',
    failed: stay,
    cleared: clear,
    alive: stay,
    edit: 'ended',
    attend: 'ended',
    end: 'ended',
  },
};

/** Where this record is in its life. */
export function stateOf(record: NestRecord): State {
  if (record.status === 'ended') return 'ended';
  if (record.pending) return 'restarting';
  if (record.status === 'planned') return 'planned';
  return record.idle || record.generation === 0 ? 'idle' : 'live';
}

/**
 * What becomes of a record when something happens to it; the same object when nothing does.
 * @throws NestError with the table's refusal
 */
export function step<E extends EventName>(record: NestRecord, event: Of<E>, now: number): NestRecord {
  const name: E = event.type;
  const entry = LIFE[stateOf(record)][name];
  if (typeof entry !== 'string') return entry(record, event, now);
  return refuse(entry, record);
}

function refuse(code: ErrorCode, record?: NestRecord): never {
  const starts = code === 'not_started' ? record?.starts : undefined;
  throw new NestError(code, starts === undefined ? {} : { starts });
}

function stay(record: NestRecord): NestRecord {
  return record;
}

function originOf(record: NestRecord): MoveOrigin {
  const state = stateOf(record);
  if (state === 'restarting') return record.pending?.from ?? 'idle';
  return state;
}

/** The next number, never used before. It counts as a sign of life, so that a nest does not expire while it moves. */
function intend(record: NestRecord, why: MoveReason, now: number): NestRecord {
  const generation = record.lastGeneration + 1;
  return {
    ...record,
    status: 'active',
    lastGeneration: generation,
    pending: { generation, since: now, why, from: originOf(record) },
    lastAliveAt: now,
  };
}

function resume(record: NestRecord, now: number): NestRecord {
  const { pending } = record;
  if (!pending || now - pending.since < STALE_MOVE_MS) return record;
  return intend(record, pending.why, now);
}

function because(why: MoveReason, record: NestRecord): NestRecord {
  const { pending } = record;
  return !pending || pending.why === why ? record : { ...record, pending: { ...pending, why } };
}

function confirm(record: NestRecord, pending: PendingMove, roomSid: string, now: number): NestRecord {
  const { pending: _, endedAt: __, ...rest } = record;
  return {
    ...rest,
    status: 'active',
    generation: pending.generation,
    roomSid,
    idle: false,
    startedAt: record.startedAt ?? now,
    lastAliveAt: now,
    ...(pending.why === 'restart' ? { restartedAt: now } : {}),
    // Who was banned before this move began cannot have a token for the new room: the ban has had its move.
    bans: record.bans.some((ban) => !ban.moved)
      ? record.bans.map((ban) => (ban.moved || ban.at > pending.since ? ban : { ...ban, moved: true }))
      : record.bans,
    retired: pending.from === 'live' ? retire(record, [record.generation], now) : record.retired,
  };
}

/** The nest is as it was; only the number stays used. A nest being made has nowhere to go back to. */
function goBack(record: NestRecord, { from }: PendingMove): NestRecord {
  if (from === 'new') return record;
  const { pending: _, ...rest } = record;
  if (from === 'planned' || from === 'ended') return { ...rest, status: from };
  return rest;
}

function end(record: NestRecord, _: LifeEvent, now: number): NestRecord {
  const { pending, ...rest } = record;
  const rooms = [...(record.generation > 0 && !record.idle ? [record.generation] : [])];
  if (pending) rooms.push(pending.generation);
  return {
    ...rest,
    status: 'ended',
    endedAt: now,
    idle: false,
    hands: none(record.hands),
    retired: retire(record, rooms, now),
  };
}

function retire(record: NestRecord, generations: number[], at: number): RetiredRoom[] {
  const known = new Set(record.retired.map(({ generation }) => generation));
  const added = generations.filter((generation) => !known.has(generation));
  return added.length === 0
    ? record.retired
    : [...record.retired, ...added.map((generation) => ({ generation, at }))];
}

function clear(record: NestRecord, { generations }: Of<'cleared'>): NestRecord {
  const left = record.retired.filter(({ generation }) => !generations.includes(generation));
  return left.length === record.retired.length ? record : { ...record, retired: left };
}

function alive(record: NestRecord, _: LifeEvent, now: number): NestRecord {
  return now - record.lastAliveAt < ALIVE_EXACT_MS ? record : { ...record, lastAliveAt: now };
}

function none<T>(list: T[]): T[] {
  return list.length === 0 ? list : [];
}
