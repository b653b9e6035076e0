import type { Role } from '@nests/protocol/roles';

import type { KeyValues } from './ports.ts';
import type { JoinType } from './session-types.ts';

/** The right to one connection: what the API hands out. The token lives minutes, the session hours. */
export interface Seat {
  roomId: string;
  generation: number;
  /** LiveKit's signalling address, `wss://…`. */
  url: string;
  token: string;
  session: string;
  joinType: JoinType;
  role: Role;
}

/** `wss+livekit://host` → `wss://host`; null when no endpoint is LiveKit's. */
export function liveKitUrl(endpoints: readonly string[]): string | null {
  const endpoint = endpoints.find((e) => /^wss?\+livekit:\/\//.test(e));
  return endpoint?.replace('+livekit', '') ?? null;
}

/** What is kept in the tab, so that a reload is the same person at LiveKit and replaces its own ghost. */
interface Ticket {
  session: string;
  joinType: JoinType;
  /** Whose it is; null = a guest's. */
  pubkey: string | null;
}

/** The tab's tickets, one per nest. */
export class Tickets {
  readonly #tab: KeyValues;
  readonly #pubkey: string | null;

  constructor(tab: KeyValues, pubkey: string | null) {
    this.#tab = tab;
    this.#pubkey = pubkey;
  }

  /** The ticket for this nest, if it belongs to whoever is signed in now. */
  read(roomId: string): { session: string; joinType: JoinType } | null {
    try {
      const ticket = JSON.parse(this.#tab.get(keyOf(roomId)) ?? 'null') as Partial<Ticket> | null;
      if (!ticket || ticket.pubkey !== this.#pubkey || typeof ticket.session !== 'string') return null;
      // Somebody who is signed in and came in as a guest should get another chance to be themselves.
      if (ticket.joinType === 'guest' && this.#pubkey !== null) return null;
      return { session: ticket.session, joinType: ticket.joinType === 'guest' ? 'guest' : 'authenticated' };
    } catch {
      return null;
    }
  }

  /** Remember the session of a seat. */
  keep(roomId: string, session: string, joinType: JoinType): void {
    this.#tab.set(
      keyOf(roomId),
      JSON.stringify({ session, joinType, pubkey: this.#pubkey } satisfies Ticket),
    );
  }

  /** Forget it: the nest moved, ended, or no longer accepts it. */
  drop(roomId: string): void {
    this.#tab.remove(keyOf(roomId));
  }
}

function keyOf(roomId: string): string {
  return `nests:session:${roomId}`;
}
