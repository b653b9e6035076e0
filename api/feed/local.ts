import type { FeedEvent } from '@nests/protocol/api';
import type { Feed, Log } from '../nests/ports.ts';

type Listener = (event: FeedEvent, rev: number) => void;

/** The feed of one process: what happened reaches whoever listens here, in the order it was told. */
export class LocalFeed implements Feed {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** Tells everybody who listens to this nest; one listener's failure is its own. */
  publish(nestId: string, event: FeedEvent, rev: number): void {
    for (const listener of this.listeners.get(nestId) ?? []) {
      try {
        listener(event, rev);
      } catch (error) {
        this.log.error('A listener of the feed failed', { nestId, error });
      }
    }
  }

  /** Listens to one nest; the returned function ends it. */
  subscribe(nestId: string, listener: Listener): () => void {
    const own: Listener = (event, rev) => listener(event, rev); // the same function may listen twice
    const listeners = this.listeners.get(nestId) ?? new Set();
    this.listeners.set(nestId, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.listeners.get(nestId) === listeners) this.listeners.delete(nestId);
    };
  }
}
