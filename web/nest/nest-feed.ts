import type { FeedEvent, FeedState } from '@nests/protocol/api';

import type { FeedSubscription } from '../api/feed.ts';
import { asFeedEvent } from '../api/feed.ts';
import type { NestApi } from './ports.ts';
import type { SessionState } from './state.ts';

/** What the rest of the session does about the feed. */
interface FeedParts {
  api: Pick<NestApi, 'events'>;
  state: SessionState;
  session(): string | null;
  onRecord(record: FeedState, before: FeedState | null): void;
  onRestarted(generation: number): void;
  onMoved(roomId: string, host: string): void;
  onEnded(): void;
}

/** One nest's feed, and the same events when they come as LiveKit data packets of the server. */
export class NestFeed {
  readonly #parts: FeedParts;
  #open: { roomId: string; subscription: FeedSubscription } | null = null;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Follow this nest, unless it is followed already. */
  follow(roomId: string): void {
    if (this.#open?.roomId === roomId && this.#open.subscription.$status.get() !== 'closed') {
      this.wake();
      return;
    }
    this.close();
    const { api } = this.#parts;
    const listener = {
      onEvent: (event: FeedEvent) => this.#handle(event),
      onProblem: (problem: { status: number }) => this.#refused(problem.status),
    };
    const subscription = api.events(roomId, listener, () => this.#parts.session() ?? undefined);
    this.#open = { roomId, subscription };
  }

  /** There is a reason to believe that it works now: the network is back, or we have a session to show. */
  wake(): void {
    if (this.#open?.subscription.$status.get() === 'waiting') this.#open.subscription.wake();
  }

  /** Follow nothing any more. */
  close(): void {
    this.#open?.subscription.close();
    this.#open = null;
  }

  /** A data packet of the server's carries the same JSON as the feed; whatever is not an event of it is ignored. */
  packet(value: unknown): void {
    const event = asFeedEvent('', value);
    if (event) this.#handle(event);
  }

  #refused(status: number): void {
    if (status === 410) this.#parts.onEnded();
    // This server has no such nest: asking again and again would not help. For those who are in, the record may be under repair.
    if (status === 404 && this.#parts.state.$phase.get() !== 'in') this.close();
  }

  #handle(event: FeedEvent): void {
    const { $record } = this.#parts.state;
    switch (event.type) {
      case 'state': {
        this.#state(event);
        return;
      }
      case 'restarted': {
        this.#parts.onRestarted(event.generation);
        return;
      }
      case 'moved': {
        this.#parts.onMoved(event.roomId, event.host);
        return;
      }
      case 'ended': {
        this.#parts.onEnded();
        return;
      }
      case 'participants': {
        const record = $record.get();
        if (record) $record.set({ ...record, participantCount: event.participantCount });
      }
    }
  }

  #state(record: FeedState): void {
    const { $record, $host, $recordExists } = this.#parts.state;
    const before = $record.get();
    $recordExists.set(true);
    $host.set(record.host);
    $record.set(record);
    this.#parts.onRecord(record, before);
    if (record.status === 'ended') this.#parts.onEnded();
    else this.#parts.onRestarted(record.generation);
  }
}
