import type { NestEvent } from '@nests/protocol/nest-event';

import { ApiError } from '../api/error.ts';
import type { KeptSecret } from './invite-secret.ts';
import type { NestPorts } from './ports.ts';
import { liveKitUrl, type Seat, type Tickets } from './seat.ts';
import { joinNestSmart, type SmartJoinPorts } from './smart-join.ts';

/** What a way in needs. */
export interface SeatParts {
  ports: NestPorts;
  tickets: Tickets;
  /** Of the invitation link that brought us here. */
  secret: KeptSecret;
  onInfo: NonNullable<SmartJoinPorts['onInfo']>;
  /** For the log line: see `describeNest`. */
  describe(): Record<string, unknown>;
}

/**
 * A way in: with the session kept from before where there is one (the signer is not asked, and LiveKit sees the same person), else by a
 * smart join.
 */
export async function obtainSeat(roomId: string, parts: SeatParts): Promise<Seat> {
  const { ports, tickets, secret, onInfo } = parts;
  const { log } = ports.around;
  log('Attempting to join nest:', { roomId, ...parts.describe() });
  const ticket = tickets.read(roomId);
  if (ticket) {
    const seat = await renew(roomId, ticket, parts);
    if (seat) return seat;
  }
  const { seat } = await joinNestSmart(roomId, {
    api: ports.api,
    account: ports.account,
    log,
    secret: secret.read(),
    onInfo,
  });
  if (seat.joinType === 'authenticated') secret.drop();
  return seat;
}

/** Null when the session is no longer good, so that the person has to come in anew. */
async function renew(
  roomId: string,
  ticket: Pick<Seat, 'session' | 'joinType'>,
  { ports, tickets }: SeatParts,
): Promise<Seat | null> {
  const { log } = ports.around;
  try {
    const { token, role, generation, endpoints } = await ports.api.renew(roomId, ticket.session);
    const url = liveKitUrl(endpoints);
    if (token === '' || url === null) return null;
    log('🎟️ Coming in with the kept session:', { roomId, generation });
    return { roomId, generation, url, token, role, ...ticket };
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    log('🎟️ The kept session was not accepted:', { roomId, status: failure.status, code: failure.code });
    if (failure.status !== 401) throw failure;
    tickets.drop(roomId);
    return null;
  }
}

/** What is known of a nest before it is joined, for the log line; LiveKit's address as the nest's event tells it. */
export function describeNest(
  { account, clock }: Pick<NestPorts, 'account' | 'clock'>,
  event: NestEvent | null | undefined,
  naddr: string | null,
): Record<string, unknown> {
  const createdAt = event?.createdAt;
  return {
    liveKitUrl: event?.streaming[0] ?? 'unknown',
    nestNaddr: naddr ?? 'unknown',
    user: account ? 'logged in' : 'guest',
    nestStatus: event?.status ?? 'unknown',
    nestCreatedAt: createdAt ?? 'unknown',
    timeSinceCreated: createdAt === undefined ? 'unknown' : Math.floor(clock.now() / 1000) - createdAt,
  };
}
