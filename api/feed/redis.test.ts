import type { FeedEvent } from '@nests/protocol/api';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { connectRedis } from '../store/redis.ts';
import { startTestRedis } from '../store/redis-for-tests.ts';
import { RedisFeed } from './redis.ts';

it('hears the others again when Redis refused it for a while', async () => {
  const server = await startTestRedis();
  const operator = new Redis(server.url);
  const quiet = () => undefined;
  const warnings: string[] = [];
  const log = { info: quiet, error: quiet, debug: quiet, warn: (text: string) => void warnings.push(text) };
  const connections = [
    connectRedis(server.url, () => undefined),
    connectRedis(server.url, () => undefined),
  ] as const;
  await Promise.all(connections.map((redis) => redis.connect()));
  const [here, there] = [
    new RedisFeed(connections[0], 'here', log),
    new RedisFeed(connections[1], 'there', log),
  ];
  try {
    const event: FeedEvent = { type: 'participants', participantCount: 3 };
    const heard: FeedEvent[] = [];
    here.subscribe('n', (told) => heard.push(told));
    await operator.acl('SETUSER', 'default', 'resetchannels');
    await here.open(() => undefined);
    await vi.waitFor(() => expect(warnings).not.toEqual([]));
    await operator.acl('SETUSER', 'default', 'allchannels');
    await vi.waitFor(
      () => {
        there.publish('n', event, 1);
        expect(heard).toContainEqual(event);
      },
      { timeout: 10_000 },
    );
  } finally {
    here.close();
    there.close();
    for (const redis of connections) redis.disconnect();
    operator.disconnect();
    await server.kill();
  }
});
