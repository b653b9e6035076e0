import { Successor } from '@nests/protocol/api';
import * as z from 'zod';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, IdParams, PersonParams, refusals } from './schemas.ts';

const Query = z.object({ host: PersonParams.shape.hex });

/** `GET /:id/successor`: where the host of a missing nest went. */
export function successorRoutes(app: App, { nests, views }: Context): void {
  app.get(
    '/api/v1/nests/:id/successor',
    {
      schema: {
        summary: 'The nest that this key made when it restarted the missing one',
        security: BY.anyone,
        params: IdParams,
        querystring: Query,
        response: { 200: Successor, ...refusals(400, 404, 429, 503) },
      },
    },
    async (request) => {
      const { host } = request.query;
      const { roomId, relays } = await nests.successor(request.params.id, host);
      return { roomId, link: views.link({ id: roomId, host, relays }) };
    },
  );
}
