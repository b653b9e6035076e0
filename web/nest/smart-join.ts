import type { GuestReply, JoinReply, NestInfo } from '@nests/protocol/api';

import { ApiError } from '../api/error.ts';
import type { NestAccount, NestApi, Surroundings } from './ports.ts';
import { liveKitUrl, type Seat } from './seat.ts';
import type { JoinType } from './session-types.ts';

/** What a smart join needs. */
export interface SmartJoinPorts {
  api: Pick<NestApi, 'info' | 'join' | 'guest' | 'url'>;
  account: NestAccount | null;
  log: Surroundings['log'];
  /** The secret of an invitation link. */
  secret?: string | undefined;
  /** Told as soon as the room info is there, or known to be missing. */
  onInfo?: (info: NestInfo | null, failure: ApiError | null) => void;
}

/** A seat, and how it was got. */
export interface SmartJoin {
  token: string;
  joinType: JoinType;
  seat: Seat;
}

/**
 * Join a nest as well as possible: room info first (its failure never stops the join), then with the key, then as a guest where this
 * server does not know the nest for the key, or where there is no key. Rejects with what the last try was rejected with.
 */
export async function joinNestSmart(roomId: string, ports: SmartJoinPorts): Promise<SmartJoin> {
  const { account, log } = ports;
  log('🔍 Smart join attempt:', { roomId, hasUser: account !== null });
  const info = await askInfo(roomId, ports);
  try {
    if (!account) return await joinAsGuest(roomId, ports);
    return await joinWithKey(roomId, account, ports);
  } catch (failure) {
    if (info)
      log('⚠️ Room info was found, but the join failed: the API and LiveKit may be out of step', { roomId });
    else log('⚠️ Room info is missing: the creation of this nest may not have persisted', { roomId });
    throw failure;
  }
}

async function askInfo(roomId: string, { api, log, onInfo }: SmartJoinPorts): Promise<NestInfo | null> {
  try {
    const info = await api.info(roomId);
    log('✅ Room info found:', 'host' in info ? { host: info.host, speakers: info.speakers } : {});
    onInfo?.(info, null);
    return info;
  } catch (failure) {
    log('❌ Room info failed:', { status: statusOf(failure), statusText: textOf(failure) });
    onInfo?.(null, failure instanceof ApiError ? failure : null);
    return null;
  }
}

async function joinWithKey(roomId: string, account: NestAccount, ports: SmartJoinPorts): Promise<SmartJoin> {
  const { api, log } = ports;
  log('🔐 Trying authenticated join:', { roomId, url: api.url(roomId) });
  try {
    const reply = await api.join(roomId, account.sign, ports.secret);
    log('✅ Authenticated join successful');
    return joined(roomId, reply, 'authenticated');
  } catch (failure) {
    log('❌ Authenticated join failed:', { status: statusOf(failure) });
    if (!(failure instanceof ApiError) || failure.status !== 404) throw failure;
    log('⚠️ The nest was not found with the key, trying as a guest', { roomId });
    return joinAsGuest(roomId, ports);
  }
}

async function joinAsGuest(roomId: string, { api, log }: SmartJoinPorts): Promise<SmartJoin> {
  log('👤 Trying guest join:', { roomId, url: api.url(roomId, '/guest') });
  try {
    return joined(roomId, await api.guest(roomId), 'guest');
  } catch (failure) {
    log('❌ Guest join failed:', { status: statusOf(failure) });
    throw failure;
  }
}

function joined(roomId: string, reply: JoinReply | GuestReply, joinType: JoinType): SmartJoin {
  const url = liveKitUrl(reply.endpoints);
  if (typeof reply.token !== 'string' || reply.token === '' || url === null)
    throw new ApiError({ status: 500, code: 'token_failed', message: 'The server sent no usable token' });
  const { generation, token, session, role } = reply;
  return { token, joinType, seat: { roomId, generation, url, token, session, joinType, role } };
}

function statusOf(failure: unknown): number | string {
  return failure instanceof ApiError && failure.status !== 0 ? failure.status : textOf(failure);
}

function textOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : 'unknown';
}
