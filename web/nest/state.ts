import type { FeedState, NestInfo } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import { type Role, roleOf } from '@nests/protocol/roles';
import { atom, computed, type ReadableAtom, type WritableAtom } from 'nanostores';

import type { Clock } from '../api/clock.ts';
import { failure } from './failures.ts';
import type { NestPorts } from './ports.ts';
import type {
  Connection,
  FailureCode,
  Invitation,
  JoinType,
  NestFailure,
  Notice,
  NoticeCode,
  Phase,
} from './session-types.ts';

/** Everything the parts of one session share. Only the parts write; a screen sees it as read-only. */
export interface SessionState {
  $roomId: WritableAtom<string>;
  /** Whose nest it is, once the API, its event or the link has said so; the API's word counts most. */
  $host: WritableAtom<string | null>;
  $phase: WritableAtom<Phase>;
  $connection: WritableAtom<Connection>;
  $joinType: WritableAtom<JoinType | null>;
  $info: WritableAtom<NestInfo | null>;
  /** Whether the API had a record when it was last asked. */
  $recordExists: WritableAtom<boolean | null>;
  /** The record as the feed tells it: the whole truth about roles, hands and counts. */
  $record: WritableAtom<FeedState | null>;
  /** The role the API named with our token, until the feed speaks. */
  $tokenRole: WritableAtom<Role | null>;
  $nestEvent: WritableAtom<NestEvent | null | undefined>;
  $error: WritableAtom<NestFailure | null>;
  $notice: WritableAtom<Notice | null>;
  $invitation: WritableAtom<Invitation | null>;
  $restarting: WritableAtom<boolean>;
  $restartError: WritableAtom<NestFailure | null>;
  /** Lines that were said (`said` of them) and wait for their turn; the first one is shown. */
  notices: { said: number; waiting: Notice[]; clock: Clock };
  readonly $role: ReadableAtom<Role>;
  readonly $isHost: ReadableAtom<boolean>;
}

/** A session's state before anything is known. */
export function createState(ports: NestPorts, roomId: string, hostHint: string | null): SessionState {
  const pubkey = ports.account?.pubkey ?? null;
  const $host = atom(hostHint);
  const $joinType = atom<JoinType | null>(null);
  const $record = atom<FeedState | null>(null);
  const $tokenRole = atom<Role | null>(null);
  const $isHost = computed($host, (host) => pubkey !== null && host === pubkey);
  const $role = computed(
    [$record, $tokenRole, $joinType, $isHost],
    (record, token, joinType, isHost): Role => {
      if (pubkey === null || joinType === 'guest') return 'guest';
      if (record) return roleOf(record, pubkey);
      return token ?? (isHost ? 'host' : 'listener');
    },
  );
  return {
    $roomId: atom(roomId),
    $host,
    $phase: atom<Phase>('idle'),
    $connection: atom<Connection>('disconnected'),
    $joinType,
    $info: atom<NestInfo | null>(null),
    $recordExists: atom<boolean | null>(null),
    $record,
    $tokenRole,
    $nestEvent: atom<NestEvent | null | undefined>(undefined),
    $error: atom<NestFailure | null>(null),
    $notice: atom<Notice | null>(null),
    notices: { said: 0, waiting: [], clock: ports.clock },
    $invitation: atom<Invitation | null>(null),
    $restarting: atom(false),
    $restartError: atom<NestFailure | null>(null),
    $role,
    $isHost,
  };
}

/** Stop with an error: the phase, the badge and the panel, in one place. */
export function fail(state: SessionState, reason: NestFailure | FailureCode): void {
  const error = typeof reason === 'string' ? failure(reason, { isHost: state.$isHost.get() }) : reason;
  // Nothing is wrong with a nest that has not begun: the page before it says when it will.
  const isPlanned = error.code === 'not_started';
  state.$error.set(isPlanned ? null : error);
  state.$connection.set('disconnected');
  state.$phase.set(
    isPlanned ? 'idle' : error.code === 'ended' ? 'ended' : error.code === 'removed' ? 'removed' : 'error',
  );
}

const TOASTS = new Set<NoticeCode>(['joined_as_guest', 'recreated']);
const ERRORS = new Set<NoticeCode>([
  'message_not_sent',
  'relay_failed',
  'hand_failed',
  'moderation_failed',
  'edit_failed',
  'end_failed',
  'start_failed',
]);

/** How long a line stands before another one of the same moment takes its place: long enough to be taken in. */
const APART_MS = 1_500;

/** Show and announce one line; after the one that was said in the same moment, if there was one. */
export function notice(state: SessionState, code: NoticeCode, values: Notice['values'] = {}): void {
  const { waiting } = state.notices;
  waiting.push({
    id: ++state.notices.said,
    kind: TOASTS.has(code) || ERRORS.has(code) ? 'toast' : 'line',
    tone: ERRORS.has(code) ? 'assertive' : 'polite',
    code,
    values,
  });
  if (waiting.length === 1) showNotice(state);
}

function showNotice(state: SessionState): void {
  const { waiting, clock } = state.notices;
  const [next] = waiting;
  if (!next) return;
  state.$notice.set(next);
  clock.after(APART_MS, () => {
    waiting.shift();
    showNotice(state);
  });
}

/** What was cached about a nest under its old id is worth nothing under the new one. */
export function goOnAs(state: SessionState, roomId: string): void {
  // The role counts until the new nest names another: nobody is promoted or demoted by what is not known for a moment.
  state.$tokenRole.set(state.$role.get());
  state.$info.set(null);
  state.$recordExists.set(null);
  state.$record.set(null);
  state.$roomId.set(roomId);
}
