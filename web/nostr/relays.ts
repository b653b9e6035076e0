import type { NostrEvent } from '@nests/protocol/event';
import type { Filter } from 'applesauce-core/helpers/filter';
import { Relay, type RelayOptions } from 'applesauce-relay/relay';
import { atom, type ReadableAtom } from 'nanostores';
import {
  concat,
  defer,
  filter,
  race,
  retry,
  Subject,
  Subscription,
  takeUntil,
  tap,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import type { PublishResult, RelayState } from './types.ts';

/** Who is told what a subscription brings. */
export interface Listener {
  /** An event as the relay sent it, unchecked. */
  event(event: unknown, relay: string): void;
  /** The relay has sent what it had stored, or failed; told once for each relay. */
  settled(relay: string): void;
}

interface Connection {
  relay: Relay;
  watching: Subscription;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 20_000;
const PUBLISH_TIMEOUT_MS = 6_000;

/** Half a second, doubling to twenty, each somewhere between half and all of it so that nobody returns in step. */
function backOff(attempt: number): number {
  const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return longest * (0.5 + Math.random() / 2);
}

/**
 * Connections to relays. A connection opens when somebody needs it, comes back by itself however it was lost, with
 * every subscription on it, and closes half a minute after the last one went.
 *
 * The library gives up after three tries, waits up to five minutes between them, and takes a connection that was
 * closed politely (a relay that restarts) for the end of a subscription; all of that is replaced here.
 */
export class Relays {
  private readonly states = atom<Record<string, RelayState>>({});
  private readonly connections = new Map<string, Connection>();
  private readonly users = new Map<string, number>();
  private readonly wake = new Subject<0>();
  private readonly abandoned = new Subject<string>();
  private readonly options: RelayOptions;

  /** The relays in use. */
  readonly $states: ReadableAtom<Record<string, RelayState>> = this.states;

  /** @param options the library's, for tests: a WebSocket where there is none, a shorter keep-alive */
  constructor(options: RelayOptions = {}) {
    this.options = options;
  }

  /** Reads from relays until the returned function is called, through every loss of connection. */
  subscribe(urls: readonly string[], filters: Filter[], listener: Listener): () => void {
    const open = new Subscription();
    for (const url of urls) {
      open.add(this.follow(url, filters, listener));
      this.use(url, 1);
      open.add(() => this.use(url, -1));
    }
    return () => open.unsubscribe();
  }

  private follow(url: string, filters: Filter[], listener: Listener): Subscription {
    const settled = once(() => listener.settled(url));
    const isAbandoned = this.abandoned.pipe(filter((abandoned) => abandoned === url));
    const messages = defer(() => this.relay(url).req(filters, { reconnect: false, waitForAuth: false }));
    const ended = throwError(() => new Error('The relay ended the subscription'));
    return concat(messages.pipe(takeUntil(isAbandoned)), ended)
      .pipe(
        // Says only that the question was sent, not that the relay works: it must not reset the back-off.
        filter((message) => message.type !== 'OPEN'),
        tap({ error: settled }),
        retry({ delay: (_error, attempt) => this.wakeableTimer(backOff(attempt)), resetOnSuccess: true }),
      )
      .subscribe((message) => {
        if (message.type === 'EVENT') listener.event(message.event, url);
        if (message.type === 'EOSE') settled();
      });
  }

  /** Sends an event to one relay. Resolves with its answer, without a message where there was none; never rejects. */
  async publish(url: string, event: NostrEvent): Promise<PublishResult> {
    this.use(url, 1);
    try {
      const { ok, message } = await this.relay(url).publish(event, {
        timeout: this.options.publishTimeout ?? PUBLISH_TIMEOUT_MS,
      });
      return { relay: url, ok, ...(message ? { message } : {}) };
    } catch {
      return { relay: url, ok: false };
    } finally {
      this.use(url, -1);
    }
  }

  /** Ends every waiting for another try. */
  retryNow(): void {
    this.wake.next(0);
  }

  /** Closes every connection, for good. */
  close(): void {
    for (const url of [...this.connections.keys()]) this.drop(url);
    this.states.set({});
  }

  private relay(url: string): Relay {
    const known = this.connections.get(url);
    if (known !== undefined) return known.relay;
    const relay = new Relay(url, {
      enablePing: true,
      onUnresponsive: () => {
        this.replace(url);
        return 'ignore';
      },
      ...this.options,
    });
    relay.reconnectTimer = (_error, attempts) => this.wakeableTimer(backOff(attempts));
    const watching = new Subscription();
    this.connections.set(url, { relay, watching });
    watching.add(relay.connected$.subscribe((isOpen) => this.note(url, isOpen ? 'open' : undefined)));
    watching.add(relay.error$.subscribe((error) => this.note(url, error === null ? undefined : 'failed')));
    return relay;
  }

  /**
   * A relay that stopped answering gets a new connection at once. The library would keep the dead socket for the
   * subscriptions that are on it, and the browser would wait a minute for its goodbye.
   */
  private replace(url: string): void {
    this.abandoned.next(url);
    this.drop(url);
    this.note(url, 'failed');
  }

  private drop(url: string): void {
    const connection = this.connections.get(url);
    this.connections.delete(url);
    connection?.watching.unsubscribe();
    connection?.relay.close();
  }

  private wakeableTimer(ms: number): Observable<0> {
    return race(timer(ms), this.wake);
  }

  /** Counts who needs a relay: one that nobody needs has no state to show. */
  private use(url: string, change: 1 | -1): void {
    this.users.set(url, (this.users.get(url) ?? 0) + change);
    this.note(url, undefined);
  }

  /** @param state what just became of the relay; undefined = look */
  private note(url: string, state: RelayState | undefined): void {
    const { [url]: before, ...others } = this.states.get();
    const relay = this.connections.get(url)?.relay;
    const isOpen = relay?.connected ?? false;
    if (!isOpen && (this.users.get(url) ?? 0) === 0) {
      if (before !== undefined) this.states.set(others);
      return;
    }
    const now = isOpen ? 'open' : (state ?? (relay?.error$.value ? 'failed' : 'connecting'));
    if (now !== before) this.states.set({ ...others, [url]: now });
  }
}

function once(fn: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    fn();
  };
}
