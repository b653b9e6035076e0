/* eslint-disable jsdoc/require-jsdoc -- the methods are those of the ports they stand in for, and documented there */
import { encodeNaddr } from '@nests/protocol/address';
import type {
  CreateReply,
  Diagnostics,
  FeedEvent,
  FeedState,
  GuestReply,
  Health,
  InviteReply,
  JoinReply,
  NestInfo,
  PermissionsBody,
  RestartReply,
  Successor,
  TestToken,
  TokenReply,
} from '@nests/protocol/api';
import type { SignEvent } from '@nests/protocol/event';
import { ERRORS, type ErrorCode } from '@nests/protocol/errors';
import { roleOf } from '@nests/protocol/roles';
import { roomName } from '@nests/protocol/rooms';
import { atom } from 'nanostores';

import type { Credential, OpenInvite } from '../../api/client.ts';
import { ApiError } from '../../api/error.ts';
import type { FeedListener, FeedStatus, FeedSubscription } from '../../api/feed.ts';
import type { NestApi } from '../ports.ts';
import type { FakeMedia } from './fake-media.ts';

/** An answer of the API's with this code. */
export function apiError(code: ErrorCode, retryAfterS?: number): ApiError {
  const { status, sentence } = ERRORS[code];
  return new ApiError({
    status,
    code,
    message: sentence,
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  });
}

/** No answer at all. */
export function noAnswer(code: 'unreachable' | 'timeout' = 'unreachable'): ApiError {
  return new ApiError({ status: 0, code, message: 'no answer' });
}

/** A nest on the fake server. */
export interface FakeNest {
  id: string;
  host: string;
  speakers: string[];
  admins: string[];
  hands: { pubkey: string; since: number }[];
  status: 'planned' | 'active' | 'ended';
  generation: number;
  access?: 'public' | 'invite';
  restartedAt?: number;
  /** ms */
  createdAt?: number;
}

/**
 * The server as far as a session can see it: records, sessions, feeds, successors. Tests change it and see what the session makes of that.
 * Who signs is told by `me`.
 */
export class FakeApi implements NestApi {
  readonly origin = 'https://nests.test';
  readonly nests = new Map<string, FakeNest>();
  /** `<missing id>` → the nest made in its place. */
  readonly successors = new Map<string, string>();
  readonly calls: string[] = [];
  /** Open invitations, oldest first. */
  invitations: OpenInvite[] = [];
  /** Who may enter an invite-only nest. */
  readonly members = new Set<string>();
  /** Rejections in store, by the name of the method; each is used once. */
  readonly setbacks = new Map<string, Error[]>();
  /** Which session was shown at which nest, by whoever asked for its info. */
  readonly sessionsShown: { id: string; session: string }[] = [];
  /** Sessions that are no longer good. */
  readonly deadSessions = new Set<string>();
  readonly #feeds = new Map<string, Set<FeedListener>>();
  readonly #media: FakeMedia;
  readonly #me: string | null;
  #sessions = 0;

  constructor(media: FakeMedia, me: string | null) {
    this.#media = media;
    this.#me = me;
  }

  /** Put a nest on the server, with its LiveKit room. */
  put(nest: Partial<FakeNest> & Pick<FakeNest, 'id' | 'host'>): FakeNest {
    const complete = {
      speakers: [],
      admins: [],
      hands: [],
      status: 'active' as const,
      generation: 1,
      ...nest,
    };
    this.nests.set(nest.id, complete);
    if (complete.status === 'active') this.#media.rooms.add(roomName(nest.id, complete.generation));
    return complete;
  }

  /** The next call of this method is rejected. */
  setback(method: keyof NestApi, ...failures: Error[]): void {
    this.setbacks.set(method, [...(this.setbacks.get(method) ?? []), ...failures]);
  }

  /** Change a nest and tell its feed the whole truth. */
  change(id: string, change: Partial<FakeNest>): void {
    const nest = this.#get(id);
    Object.assign(nest, change);
    this.tell(id, { type: 'state', ...stateOf(nest) });
  }

  /** A new generation: a new LiveKit room beside the old one, told to everybody. */
  restartNow(id: string, byHost = true): number {
    const nest = this.#get(id);
    nest.generation += 1;
    if (byHost) nest.restartedAt = (nest.restartedAt ?? 0) + 1;
    this.#media.rooms.add(roomName(id, nest.generation));
    this.tell(id, { type: 'restarted', generation: nest.generation });
    this.tell(id, { type: 'state', ...stateOf(nest) });
    return nest.generation;
  }

  tell(id: string, event: FeedEvent): void {
    for (const listener of this.#feeds.get(id) ?? []) listener.onEvent(event);
  }

  /** The server refuses this nest's feed at a reconnect. */
  refuseFeed(id: string, why: ApiError): void {
    for (const listener of [...(this.#feeds.get(id) ?? [])]) listener.onProblem(why);
  }

  /** How many feeds of this nest are open. */
  listeners(id: string): number {
    return this.#feeds.get(id)?.size ?? 0;
  }

  url(id: string, rest = ''): string {
    return `${this.origin}/api/v1/nests/${id}${rest}`;
  }

  async health(): Promise<Health> {
    this.#call('health');
    return {
      status: 'healthy',
      timestamp: new Date(0).toISOString(),
      version: '1.0.0',
      livekit: 'ws://x',
      checks: {},
    };
  }

  async testToken(): Promise<TestToken> {
    throw apiError('not_found');
  }

  async create(): Promise<CreateReply> {
    this.#call('create');
    const nest = this.put({ id: 'made', host: this.#me ?? '', speakers: [this.#me ?? ''] });
    return { roomId: nest.id, ...this.#seat(nest), session: this.#session() };
  }

  async start(id: string): Promise<CreateReply> {
    this.#call('start');
    const nest = this.#get(id);
    if (nest.status !== 'planned') throw apiError('already_started');
    this.put({ ...nest, status: 'active', generation: 1 });
    return { roomId: id, ...this.#seat(this.#get(id)), session: this.#session() };
  }

  async patch(id: string): Promise<NestInfo> {
    this.#call('patch');
    return infoOf(this.#get(id));
  }

  async join(id: string, _sign?: SignEvent, secret?: string): Promise<JoinReply> {
    this.#call('join', id);
    const isInvited = this.invitations.some((open) => secret === `secret of ${open.id}`);
    if (isInvited && this.#me !== null) this.members.add(this.#me);
    return { ...this.#seat(this.#enterable(id)), session: this.#session() };
  }

  async guest(id: string): Promise<GuestReply> {
    this.#call('guest', id);
    return { ...this.#seat(this.#enterable(id)), role: 'guest', session: this.#session() };
  }

  async renew(id: string, session: string): Promise<TokenReply> {
    this.#call('renew', id);
    if (this.deadSessions.has(session)) throw apiError('session_expired');
    return this.#seat(this.#enterable(id));
  }

  async info(id: string, session?: string): Promise<NestInfo> {
    this.#call('info', id);
    if (session !== undefined) this.sessionsShown.push({ id, session });
    if (session !== undefined && this.deadSessions.has(session)) throw apiError('session_expired');
    return infoOf(this.#get(id));
  }

  async successor(id: string, host: string): Promise<Successor> {
    this.#call('successor', id);
    const next = this.nests.get(this.successors.get(id) ?? '');
    if (!next) throw apiError('room_not_found');
    // A server that lies about whose nest it is must not be believed, so the fake may.
    return {
      roomId: next.id,
      link: encodeNaddr({ host: next.host === host ? host : next.host, d: next.id }),
    };
  }

  async hand(id: string, raised: boolean): Promise<void> {
    this.#call('hand', id);
    const pubkey = this.#me ?? '';
    const others = this.#get(id).hands.filter((hand) => hand.pubkey !== pubkey);
    this.change(id, { hands: raised ? [...others, { pubkey, since: 5 }] : others });
  }

  async permissions(id: string, body: PermissionsBody, who: Credential): Promise<void> {
    this.#call('permissions', `${id} ${JSON.stringify(body)} ${'sign' in who ? 'key' : 'session'}`);
    if (body.can_publish === false)
      this.change(id, { speakers: this.#get(id).speakers.filter((s) => s !== body.participant) });
  }

  async remove(id: string, body: object): Promise<void> {
    this.#call('remove', `${id} ${JSON.stringify(body)}`);
  }

  async liftBan(id: string, pubkey: string): Promise<void> {
    this.#call('liftBan', `${id} ${pubkey}`);
  }

  async invite(id: string): Promise<InviteReply> {
    this.#call('invite', id);
    const made = { id: `invite-${this.invitations.length + 1}`, by: this.#me ?? '', at: 5 };
    this.invitations.push(made);
    return { id: made.id, secret: `secret of ${made.id}` };
  }

  async invites(id: string): Promise<{ invites: OpenInvite[] }> {
    this.#call('invites', id);
    return { invites: [...this.invitations] };
  }

  async revokeInvite(id: string, inviteId: string): Promise<void> {
    this.#call('revokeInvite', `${id} ${inviteId}`);
    this.invitations = this.invitations.filter((one) => one.id !== inviteId);
  }

  async restart(id: string): Promise<RestartReply> {
    this.#call('restart', id);
    const nest = this.nests.get(id);
    if (nest && nest.host !== this.#me) throw apiError('not_host_restart');
    if (nest) {
      nest.status = 'active';
      this.restartNow(id);
      const message = 'Nest restarted successfully';
      return { roomId: id, ...this.#seat(nest), session: this.#session(), message, isNewRoom: false };
    }
    const made = this.put({ id: `${id}-again`, host: this.#me ?? '' });
    this.successors.set(id, made.id);
    return {
      roomId: made.id,
      ...this.#seat(made),
      session: this.#session(),
      message: 'Nest recreated with new room ID',
      isNewRoom: true,
      originalRoomId: id,
    };
  }

  async end(id: string): Promise<void> {
    this.#call('end', id);
    this.change(id, { status: 'ended' });
    this.tell(id, { type: 'ended' });
  }

  async diagnostics(id: string): Promise<Diagnostics> {
    const present = this.nests.has(id);
    return {
      roomId: id,
      serverTime: 0,
      store: { ok: true },
      livekit: { ok: true },
      record: { present },
      room: { present },
    };
  }

  events(id: string, listener: FeedListener): FeedSubscription {
    this.#call('events', id);
    const listeners = this.#feeds.get(id) ?? new Set();
    this.#feeds.set(id, listeners);
    listeners.add(listener);
    const $status = atom<FeedStatus>('open');
    const nest = this.nests.get(id);
    queueMicrotask(() => {
      if (nest && listeners.has(listener)) listener.onEvent({ type: 'state', ...stateOf(nest) });
    });
    const close = () => {
      listeners.delete(listener);
      $status.set('closed');
    };
    return { $status, close, wake: () => undefined };
  }

  #call(method: keyof NestApi, what = ''): void {
    this.calls.push(`${method} ${what}`.trim());
    const setback = this.setbacks.get(method)?.shift();
    if (setback) throw setback;
  }

  #get(id: string): FakeNest {
    const nest = this.nests.get(id);
    if (!nest) throw apiError('room_not_found');
    return nest;
  }

  #enterable(id: string): FakeNest {
    const nest = this.#get(id);
    if (nest.status === 'ended') throw apiError('ended');
    if (nest.status === 'planned') throw apiError('not_started');
    if (nest.access === 'invite' && nest.host !== this.#me && !this.members.has(this.#me ?? ''))
      throw apiError('invite_only');
    return nest;
  }

  #seat(nest: FakeNest): TokenReply {
    const role = roleOf(nest, this.#me);
    const token = roomName(nest.id, nest.generation);
    return { token, role, generation: nest.generation, endpoints: ['wss+livekit://livekit.test'] };
  }

  #session(): string {
    this.#sessions += 1;
    return `session-${this.#sessions}`;
  }
}

function stateOf(nest: FakeNest): FeedState {
  const { status, generation, host, speakers, admins, hands, restartedAt } = nest;
  return {
    status,
    generation,
    participantCount: 1,
    host,
    speakers: [...speakers],
    admins: [...admins],
    hands: [...hands],
    guests: true,
    access: nest.access ?? 'public',
    ...(restartedAt === undefined ? {} : { restartedAt }),
  };
}

function infoOf(nest: FakeNest): NestInfo {
  if (nest.status === 'ended') throw apiError('ended');
  if (nest.access === 'invite') return { status: nest.status, access: 'invite' };
  return {
    host: nest.host,
    speakers: nest.speakers,
    admins: nest.admins,
    link: encodeNaddr({ host: nest.host, d: nest.id }),
    recording: false,
    participantCount: 1,
    createdAt: nest.createdAt ?? 0,
    status: nest.status,
    access: nest.access ?? 'public',
    guests: true,
    hls_stream: false,
    generation: nest.generation,
  };
}
