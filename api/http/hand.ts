import { HandBody } from '@nests/protocol/api';
import { callerOf, pubkeyOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import { addressKey } from './limits.ts';
import type { App } from './parts.ts';
import { BY, done, IdParams, Nothing, refusals } from './schemas.ts';

/** `POST /:id/hand`: asking to speak. */
export function handRoutes(app: App, { nests, auth, limits }: Context): void {
  app.post(
    '/api/v1/nests/:id/hand',
    {
      preValidation: [auth.person, readJson],
      schema: {
        summary: 'Raise or lower my hand',
        security: BY.person,
        params: IdParams,
        body: HandBody,
        response: { 204: Nothing, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { raised } = request.body;
      await Promise.all([
        limits.count('hand', pubkeyOf(request)),
        // Raised ones per address, too, as generously as guests are let in: keys cost nothing, and the queue has an end.
        raised ? limits.count('guest', `hand:${addressKey(request.ip)}`) : undefined,
      ]);
      await nests.hand(id, callerOf(request), raised);
      return done(reply, 204);
    },
  );
}
