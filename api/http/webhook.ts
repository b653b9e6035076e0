import { parseRoomName } from '@nests/protocol/rooms';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { NestError } from '../nests/errors.ts';
import { MAX_WEBHOOK, rawBody } from './body.ts';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, refusals } from './schemas.ts';
import type { Seen } from './seen.ts';

/** LiveKit repeats a webhook within seconds; its signature is good for minutes. */
const REMEMBER_MS = 10 * 60_000;

/**
 * LiveKit's webhooks. A webhook is a hint: it only means "look at this nest now", and the nest is compared with LiveKit
 * then. While the store is down the answer is 503, so that LiveKit tries again.
 */
export function webhookRoutes(app: App, { nests, store, readWebhook, clock }: Context, seen: Seen): void {
  const receive = async (request: FastifyRequest): Promise<Record<string, never>> => {
    const hint = await readWebhook(rawBody(request) ?? new Uint8Array(), request.headers.authorization);
    if (hint === null) throw new NestError('auth_signature');
    const room = hint.room === undefined ? null : parseRoomName(hint.room);
    if (room && (await store.useOnce(`webhook:${hint.id}`, REMEMBER_MS))) {
      seen.note(room.nestId, clock.now());
      await nests.look(room.nestId);
    }
    return {};
  };
  const options = {
    bodyLimit: MAX_WEBHOOK,
    schema: {
      summary: 'What LiveKit saw; a hint to compare the nest with LiveKit now',
      security: BY.livekit,
      response: { 200: z.object({}), ...refusals(401, 413, 415, 503) },
    },
  };
  app.post('/api/v1/livekit/webhook', options, receive);
  app.post('/webhooks/livekit', options, receive);
}
