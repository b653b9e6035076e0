import type { Redis } from 'ioredis';
import type { Log } from '../nests/ports.ts';

/** After how long a subscription that failed is tried again on a new connection, in ms. */
const AGAIN_MS = 1_000;

/** How to listen to one of Redis' channels. */
export interface Listening {
  channel: string;
  log: Log;
  /** one message, as it was published */
  hear: (text: string) => void;
  /** called each time listening begins; what was published before, since the last time, was missed */
  begun: () => void;
}

/** Listens on a connection of its own, for as long as it takes, until it is closed. */
export class RedisListener {
  readonly #subscriber: Redis;
  readonly #listening: Listening;
  #again: NodeJS.Timeout | undefined;

  /** @param redis a second connection of the same kind is made */
  constructor(redis: Redis, listening: Listening) {
    const { channel, log, hear } = listening;
    this.#listening = listening;
    this.#subscriber = redis.duplicate({ autoResubscribe: false, lazyConnect: true });
    this.#subscriber.on('error', (error: Error) => log.debug('A listener lost Redis', { channel, error }));
    this.#subscriber.on('ready', () => this.#subscribe());
    this.#subscriber.on('message', (_channel: string, text: string) => hear(text));
  }

  /** Resolves when it is connected, or has begun to wait for Redis. */
  async open(): Promise<void> {
    const { channel, log } = this.#listening;
    await this.#subscriber.connect().catch((error: unknown) => {
      log.warn('A listener waits for Redis', { channel, error });
    });
  }

  /** Ends the connection. */
  close(): void {
    clearTimeout(this.#again);
    this.#subscriber.disconnect();
  }

  #subscribe(): void {
    const { channel, log, begun } = this.#listening;
    clearTimeout(this.#again);
    this.#subscriber.subscribe(channel).then(begun, (error: unknown) => {
      log.warn('Other replicas are not heard; trying again', { channel, error });
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.#subscriber.disconnect(true), AGAIN_MS).unref();
    });
  }
}
