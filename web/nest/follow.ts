import { decodeNaddr } from '@nests/protocol/address';
import type { NestEvent } from '@nests/protocol/nest-event';

import type { NestApi, NestNostr } from './ports.ts';

/** How often one join may be taken along before it has to be clicked again. */
const MOST_MOVES = 3;
/** How long relays have to come up with the host's event. */
const LOOK_FOR_MS = 3_000;

/** Why a move is not followed. */
export type Refusal = 'unknown_host' | 'stranger' | 'circle' | 'too_often';

/**
 * Where this session has been. A pointer to another nest is followed only when it is the same host's, at most three times, and never back:
 * whoever could send people elsewhere could otherwise send them anywhere, or round and round.
 */
export class Trail {
  #visited: Set<string>;
  #moves = 0;

  constructor(start: string) {
    this.#visited = new Set([start]);
  }

  /** Null when the move may be followed (and is counted as followed), else why not. */
  follow(move: { roomId: string; host: string }, knownHost: string | null): Refusal | null {
    if (knownHost === null) return 'unknown_host';
    if (move.host !== knownHost) return 'stranger';
    if (this.#visited.has(move.roomId)) return 'circle';
    if (this.#moves >= MOST_MOVES) return 'too_often';
    this.#moves += 1;
    this.#visited.add(move.roomId);
    return null;
  }

  /** The person asked for this nest: counting starts again. */
  startAt(roomId: string): void {
    this.#visited = new Set([roomId]);
    this.#moves = 0;
  }
}

/**
 * Where the nest went on, as far as anybody trustworthy says: the API (which made it for this host), else the host's own event. Null when
 * nobody says anything, also when nobody could be asked.
 *
 * @param known the nest's event as far as it is known: undefined = nobody has looked yet
 */
export async function findSuccessor(
  roomId: string,
  host: string,
  known: NestEvent | null | undefined,
  ports: { api: Pick<NestApi, 'successor'>; nostr: Pick<NestNostr, 'latestNest'>; relays: string[] },
): Promise<{ roomId: string; host: string } | null> {
  const told = await ports.api.successor(roomId, host).catch(() => null);
  if (told) return decodeNaddr(told.link)?.host === host ? { roomId: told.roomId, host } : null;
  const address = { host, d: roomId, relays: ports.relays };
  const event =
    known === undefined ? await ports.nostr.latestNest(address, LOOK_FOR_MS).catch(() => null) : known;
  const pointer = event?.address.host === host ? event.movedTo : undefined;
  return pointer?.host === host ? { roomId: pointer.d, host } : null;
}
