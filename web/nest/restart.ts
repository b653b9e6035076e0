import type { RestartReply } from '@nests/protocol/api';
import { closeNestEvent, type NestEvent, recreateNestEvent } from '@nests/protocol/nest-event';

import { ApiError, SigningError } from '../api/error.ts';
import { signAndPublish, webLink } from './event-keeper.ts';
import type { NestPorts } from './ports.ts';
import { liveKitUrl, type Seat } from './seat.ts';

/** How long relays have to come up with the old event. */
const OLD_EVENT_MS = 4_000;

/** A nest that was restarted, and the host's seat in it. */
export interface Restarted {
  reply: RestartReply;
  seat: Seat;
}

/**
 * Ask the API to restart the nest. The relays of the old event go along, for the case that the record is missing and the nest is made anew.
 * Rejects with `ApiError` or `SigningError`; the nest is then as it was.
 */
export async function askForRestart(
  roomId: string,
  relays: readonly string[],
  ports: NestPorts,
): Promise<Restarted> {
  if (!ports.account) throw new SigningError('Restarting needs a key');
  const body = relays.length > 0 ? { relays: relays.slice(0, 10) } : {};
  const reply = await ports.api.restart(roomId, body, ports.account.sign);
  const url = liveKitUrl(reply.endpoints);
  if (url === null || reply.token === '')
    throw new ApiError({ status: 500, code: 'token_failed', message: 'The server sent no usable token' });
  return { reply, seat: hostSeat(reply, url) };
}

/** The seat of whoever just opened a room as its host. */
export function hostSeat(
  { roomId, generation, token, session }: Pick<Seat, 'roomId' | 'generation' | 'token' | 'session'>,
  url: string,
): Seat {
  return { roomId, generation, url, token, session, joinType: 'authenticated', role: 'host' };
}

/**
 * The host's events after a nest was made anew under another id: the complete new event first, so that whoever reads the pointer finds
 * something there; then the old one, closed, with the pointer. False when no relay took the new one.
 */
export async function announceRecreated(
  reply: Extract<RestartReply, { isNewRoom: true }>,
  known: NestEvent | null | undefined,
  ports: NestPorts,
): Promise<boolean> {
  const { account, nostr, clock, publicUrl, around } = ports;
  if (!account) return false;
  around.log(`🔄 Nest recreated: ${reply.originalRoomId} → ${reply.roomId}`);
  around.log(`📝 Message: ${reply.message}`);
  const host = account.pubkey;
  const oldAddress = { host, d: reply.originalRoomId, relays: [...(known?.relays ?? ports.defaultRelays)] };
  const old = known ?? (await nostr.latestNest(oldAddress, OLD_EVENT_MS).catch(() => null));
  const mine = old?.address.host === host ? old : null;
  const relays = mine && mine.relays.length > 0 ? mine.relays : [...ports.defaultRelays];
  const now = Math.floor(clock.now() / 1000);
  const template = recreateNestEvent(mine?.event ?? null, {
    roomId: reply.roomId,
    host,
    originalRoomId: reply.originalRoomId,
    service: publicUrl,
    streaming: reply.endpoints,
    relays,
    webLink: webLink(publicUrl, reply.roomId, host),
    now,
  });
  const announced = await signAndPublish(ports, template, relays);
  if (mine) {
    const address = { host, d: reply.roomId, relays };
    await signAndPublish(ports, closeNestEvent(mine.event, { address }, now), relays);
  }
  return announced;
}
