import type { Redis } from 'ioredis';
import type { Log } from '../nests/ports.ts';
import { RedisListener } from './redis-listener.ts';

/** Where replicas name the nests whose record they changed. */
const CHANNEL = 'nests:changed';

/** What one replica tells the others. */
interface Changed {
  /** the replica that says it */
  from: string;
  nestId: string;
  /** who claimed the successor of the nest, where that is what changed */
  requester?: string;
}

/** Names changed nests to the other replicas, so that each can keep a shadow of them. */
export interface Changes {
  /** Tells the others; never throws, never waits. */
  tell(nestId: string, requester?: string): void;
  close(): void;
}

/**
 * Listens on a connection of its own.
 * @param replica this replica's random name; what it says itself is not heard
 * @param on `hear` is called with each nest that another replica changed, `begun` each time listening begins: changes
 * before that were not heard
 */
export function openRedisChanges(
  redis: Redis,
  replica: string,
  log: Log,
  on: { hear: (nestId: string, requester?: string) => void; begun: () => void },
): Changes {
  const listener = new RedisListener(redis, {
    channel: CHANNEL,
    log,
    begun: on.begun,
    hear: (text) => {
      const { from, nestId, requester } = JSON.parse(text) as Changed;
      if (from !== replica) on.hear(nestId, requester);
    },
  });
  void listener.open();
  return {
    tell(nestId, requester) {
      const changed: Changed = { from: replica, nestId, ...(requester === undefined ? {} : { requester }) };
      redis.publish(CHANNEL, JSON.stringify(changed)).catch((error: unknown) => {
        log.debug('A change was not told to other replicas', { nestId, error });
      });
    },
    close: () => listener.close(),
  };
}
