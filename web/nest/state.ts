import type { FeedState, NestInfo } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import { type Role, roleOf } from '@nests/protocol/roles';
import { atom, computed, type ReadableAtom, type WritableAtom } from 'nanostores';

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
  state.$error.set(error);
  state.$connection.set('disconnected');
  state.$phase.set(error.code === 'ended' ? 'ended' : error.code === 'removed' ? 'removed' : 'error');
}

const TOASTS = new Set<NoticeCode>(['joined_as_guest', 'recreated']);
const ERRORS = new Set<NoticeCode>([
  'message_not_sent',
  'hand_failed',
  'moderation_failed',
  'edit_failed',
  'end_failed',
  'start_failed',
]);

/** Show and announce one line. */
export function notice(state: SessionState, code: NoticeCode, values: Notice['values'] = {}): void {
  state.$notice.set({
    id: (state.$notice.get()?.id ?? 0) + 1,
    kind: TOASTS.has(code) || ERRORS.has(code) ? 'toast' : 'line',
    tone: ERRORS.has(code) ? 'assertive' : 'polite',
    code,
    values,
  });
}

/** What was cached about a nest under its old id is worth nothing under the new one. */
export function goOnAs(state: SessionState, roomId: string): void {
  state.$info.set(null);
  state.$recordExists.set(null);
  state.$record.set(null);
  state.$roomId.set(roomId);
}
