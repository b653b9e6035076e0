import { pubkeyOf } from './auth.ts';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, done, IdParams, Nothing, refusals } from './schemas.ts';

/** `DELETE /:id`: the host ends the nest. */
export function endRoutes(app: App, { nests, auth }: Context): void {
  app.delete(
    '/api/v1/nests/:id',
    {
      preValidation: auth.key,
      schema: {
        summary: 'End a nest',
        security: BY.key,
        params: IdParams,
        response: { 204: Nothing, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      await nests.end(request.params.id, pubkeyOf(request));
      return done(reply, 204);
    },
  );
}
