import type { NestInfo } from '@nests/protocol/api';

import { ApiError } from '../api/error.ts';
import type { NestPorts } from './ports.ts';
import type { Tickets } from './seat.ts';
import { fail, type SessionState } from './state.ts';

/** What asking about the nest needs. */
interface RoomInfoParts {
  ports: Pick<NestPorts, 'api'>;
  state: SessionState;
  tickets: Tickets;
  /** With which the API knows us, while we are in. */
  session(): string | null;
  /** What counts from now on; null = this server knows no such nest, or tells us nothing about it. */
  onInfo(roomId: string, info: NestInfo | null): void;
}

/** What the API says about the nest, and what its answers mean. */
export class RoomInfo {
  readonly #parts: RoomInfoParts;

  constructor(parts: RoomInfoParts) {
    this.#parts = parts;
  }

  /** Ask anew. Null when there was no good answer. */
  async refresh(): Promise<NestInfo | null> {
    const { ports, state, tickets } = this.#parts;
    const roomId = state.$roomId.get();
    const session = this.#parts.session() ?? tickets.read(roomId)?.session;
    try {
      const info = await ports.api.info(roomId, session).catch((failure: unknown) => {
        // A session that is over is no reason to be told less than anybody.
        if (session === undefined || statusOf(failure) !== 401) throw failure;
        tickets.drop(roomId);
        return ports.api.info(roomId);
      });
      this.arrived(roomId, info, null);
      return info;
    } catch (failure) {
      this.arrived(roomId, null, failure);
      return null;
    }
  }

  /** The answer, whoever asked. */
  arrived(roomId: string, info: NestInfo | null, failure: unknown): void {
    const { state } = this.#parts;
    if (roomId !== state.$roomId.get()) return;
    const status = statusOf(failure);
    if (info) state.$recordExists.set(true);
    if (status === 404) state.$recordExists.set(false);
    if (status === 410 && state.$phase.get() === 'idle') fail(state, 'ended');
    // No answer says nothing about the nest: what was known before stays.
    const isSaid = status >= 400 && status < 500 && status !== 429;
    this.#parts.onInfo(roomId, info ?? (isSaid ? null : state.$info.get()));
  }
}

/** 0 = no answer, or none that the API gave. */
function statusOf(failure: unknown): number {
  return failure instanceof ApiError ? failure.status : 0;
}
