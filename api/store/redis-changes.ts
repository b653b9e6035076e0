import type { Redis } from 'ioredis';
import type { Log } from '../nests/ports.ts';

/** Where replicas name the nests whose record they changed. */
const CHANNEL = 'nests:changed';

/** Names changed nests to the other replicas, so that each can keep a shadow of them. */
export interface Changes {
  /** Tells the others; never throws, never waits. */
  tell(nestId: string): void;
  close(): void;
}

/**
 * Listens on a connection of its own.
 * @param replica this replica's random name; what it says itself is not heard
 * @param hear called with each nest that another replica changed
 */
export function openRedisChanges(
  redis: Redis,
  replica: string,
  log: Log,
  hear: (nestId: string) => void,
): Changes {
  const subscriber = redis.duplicate({ lazyConnect: true, autoResubscribe: true });
  subscriber.on('error', (error: Error) => log.debug('The listener for changes lost Redis', { error }));
  subscriber.on('ready', () => {
    subscriber.subscribe(CHANNEL).catch((error: unknown) => {
      log.warn('Changes by other replicas are not heard', { error });
    });
  });
  subscriber.on('message', (_channel: string, text: string) => {
    const [from, nestId] = text.split(' ');
    if (from !== replica && nestId !== undefined) hear(nestId);
  });
  subscriber
    .connect()
    .catch((error: unknown) => log.debug('The listener for changes waits for Redis', { error }));
  return {
    tell(nestId) {
      redis.publish(CHANNEL, `${replica} ${nestId}`).catch((error: unknown) => {
        log.debug('A change was not told to other replicas', { nestId, error });
      });
    },
    close: () => subscriber.disconnect(),
  };
}
