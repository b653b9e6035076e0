import { BanList, RemoveBody } from '@nests/protocol/api';
import { callerOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, done, IdParams, Nothing, PersonParams, refusals } from './schemas.ts';

/** `POST /:id/remove`, `GET /:id/bans`, `DELETE /:id/bans/:hex`: who has to go, and who may come back. */
export function banRoutes(app: App, { nests, auth }: Context): void {
  app.post(
    '/api/v1/nests/:id/remove',
    {
      preValidation: [auth.person, readJson],
      schema: {
        summary: 'Remove somebody; `ban` keeps their key out',
        security: BY.person,
        params: IdParams,
        body: RemoveBody,
        response: { 204: Nothing, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      await nests.remove(request.params.id, callerOf(request), request.body);
      return done(reply, 204);
    },
  );

  app.get(
    '/api/v1/nests/:id/bans',
    {
      preValidation: auth.person,
      schema: {
        summary: 'Who is banned',
        security: BY.person,
        params: IdParams,
        response: { 200: BanList, ...refusals(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request) => ({ bans: await nests.bans(request.params.id, callerOf(request)) }),
  );

  app.delete(
    '/api/v1/nests/:id/bans/:hex',
    {
      preValidation: auth.key,
      schema: {
        summary: 'Lift a ban',
        security: BY.key,
        params: PersonParams,
        response: { 204: Nothing, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      await nests.unban(request.params.id, callerOf(request), request.params.hex);
      return done(reply, 204);
    },
  );
}
