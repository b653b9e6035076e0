import type { FeedEvent } from '@nests/protocol/api';
import type { Redis } from 'ioredis';
import type { Feed, Log } from '../nests/ports.ts';
import { RedisListener } from '../store/redis-listener.ts';
import { LocalFeed } from './local.ts';

/** Where replicas tell each other what happened. */
const CHANNEL = 'nests:feed';

interface Told {
  /** the replica that said it; it has told its own listeners already */
  from: string;
  nestId: string;
  event: FeedEvent;
  rev: number;
}

/**
 * The feed of many replicas: told here at once, and to the other replicas by Redis' publish and subscribe.
 *
 * A message that Redis loses is not lost for good: after the connection came back, `onGap` names the nests that somebody here listens
 * to, and whoever wired this feed tells them the whole state again.
 */
export class RedisFeed implements Feed {
  private readonly local: LocalFeed;
  private readonly listened = new Map<string, number>();
  private readonly redis: Redis;
  private readonly listener: RedisListener;
  private readonly replica: string;
  private readonly log: Log;
  private onGap: (nestIds: string[]) => void = () => undefined;
  private heardBefore = false;

  /**
   * @param redis for publishing; a second connection of the same kind is made for listening
   * @param replica this replica's own random name
   */
  constructor(redis: Redis, replica: string, log: Log) {
    this.redis = redis;
    this.replica = replica;
    this.log = log;
    this.local = new LocalFeed(log);
    this.listener = new RedisListener(redis, {
      channel: CHANNEL,
      log,
      hear: (text) => this.hear(text),
      begun: () => this.begun(),
    });
  }

  /** Connects, and calls `onGap` with the nests listened to here whenever messages may have been missed. */
  async open(onGap: (nestIds: string[]) => void): Promise<void> {
    this.onGap = onGap;
    await this.listener.open();
  }

  /** Tells listeners here at once and other replicas as soon as Redis carries it. */
  publish(nestId: string, event: FeedEvent, rev: number): void {
    this.local.publish(nestId, event, rev);
    const told: Told = { from: this.replica, nestId, event, rev };
    this.redis.publish(CHANNEL, JSON.stringify(told)).catch((error: unknown) => {
      this.log.warn('Other replicas were not told', { nestId, type: event.type, error });
    });
  }

  /** Tells listeners here only: what every replica finds out by itself. */
  tellHere(nestId: string, event: FeedEvent, rev: number): void {
    this.local.publish(nestId, event, rev);
  }

  /** Listens to one nest; the returned function ends it. */
  subscribe(nestId: string, listener: (event: FeedEvent, rev: number) => void): () => void {
    this.listened.set(nestId, (this.listened.get(nestId) ?? 0) + 1);
    const end = this.local.subscribe(nestId, listener);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      end();
      const left = (this.listened.get(nestId) ?? 1) - 1;
      if (left === 0) this.listened.delete(nestId);
      else this.listened.set(nestId, left);
    };
  }

  /** Ends the listening connection. */
  close(): void {
    this.listener.close();
  }

  private begun(): void {
    if (this.heardBefore) this.onGap([...this.listened.keys()]);
    this.heardBefore = true;
  }

  private hear(text: string): void {
    const told = JSON.parse(text) as Told;
    if (told.from !== this.replica) this.local.publish(told.nestId, told.event, told.rev);
  }
}
