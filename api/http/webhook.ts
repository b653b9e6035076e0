import { parseRoomName } from '@nests/protocol/rooms';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestError } from '../nests/errors.ts';
import { rawBody } from './body.ts';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import type { Seen } from './seen.ts';

/** LiveKit repeats a webhook within seconds; its signature is good for minutes. */
const REMEMBER_MS = 10 * 60_000;

/**
 * LiveKit's webhooks. A webhook is a hint: it only means "look at this nest now", and the nest is compared with LiveKit
 * then. While the store is down the answer is 503, so that LiveKit tries again.
 */
export function webhookRoutes(app: App, { nests, store, readWebhook, clock }: Context, seen: Seen): void {
  const receive = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const hint = await readWebhook(rawBody(request) ?? new Uint8Array(), request.headers.authorization);
    if (hint === null) throw new NestError('auth_signature');
    const room = hint.room === undefined ? null : parseRoomName(hint.room);
    if (room && (await store.useOnce(`webhook:${hint.id}`, REMEMBER_MS))) {
      seen.note(room.nestId, clock.now());
      await nests.look(room.nestId);
    }
    return reply.send({});
  };
  const options = { schema: { hide: true } };
  app.post('/api/v1/livekit/webhook', options, receive);
  app.post('/webhooks/livekit', options, receive);
}
