import { FeedEvent } from '@nests/protocol/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestError } from '../nests/errors.ts';
import type { Context } from './context.ts';
import { CORS_HEADERS } from './headers.ts';
import { addressKey } from './limits.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';
import { Streams } from './streams.ts';

/** After how many ms a browser's EventSource comes back. */
const RETRY_MS = 2000;

const HEAD = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no', // nginx passes events on at once
  ...CORS_HEADERS,
};

/** `GET /:id/events`: one `state`, then whatever happens to the nest, until the client or the server stops. */
export function eventRoutes(app: App, { config, nests, store, feed, auth, clock, metrics }: Context): void {
  const streams = new Streams(feed, () => clock.now());
  const perAddress = new Map<string, number>();
  const allowed = config.limits?.streams ?? Infinity;
  app.addHook('preClose', async () => streams.close());
  metrics.add('gauge', 'nests_event_streams', 'Event streams that are open', [], () => [
    { value: streams.open },
  ]);

  const count = (address: string, change: 1 | -1): void => {
    const open = (perAddress.get(address) ?? 0) + change;
    if (open > 0) perAddress.set(address, open);
    else perAddress.delete(address);
  };

  const follow = async (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
  ): Promise<void> => {
    const { id } = request.params;
    const { caller } = request;
    const address = addressKey(request.ip);
    if ((perAddress.get(address) ?? 0) >= allowed)
      throw new NestError('rate_limited', { retryAfterMs: 10_000 });
    const response = reply.raw;
    count(address, 1);
    response.once('close', () => count(address, -1));
    const read = async () => {
      const [view, epoch] = await Promise.all([nests.state(id, caller), store.epoch()]);
      return { view, epoch: epoch ?? '0' };
    };
    await streams.add(id, { response, read }, () => {
      reply.hijack();
      response.writeHead(200, { ...HEAD, 'x-request-id': request.id });
      response.write(`retry: ${RETRY_MS}\n\n`);
    });
  };

  app.get(
    '/api/v1/nests/:id/events',
    {
      preValidation: auth.anyone,
      schema: {
        summary: 'What happens to a nest, as server-sent events',
        security: [{}, ...BY.session],
        params: IdParams,
        response: {
          200: {
            description: 'One event per FeedEvent',
            content: { 'text/event-stream': { schema: FeedEvent } },
          },
          ...refusals(400, 401, 403, 404, 410, 429, 503),
        },
      },
    },
    follow,
  );
}
