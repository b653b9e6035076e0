import { PermissionsBody } from '@nests/protocol/api';
import { NestError } from '../nests/errors.ts';
import { callerOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, done, IdParams, Nothing, refusals } from './schemas.ts';

/** `POST /:id/permissions`: the stage, mutes and co-hosts. */
export function permissionRoutes(app: App, { nests, auth, limits }: Context): void {
  app.post(
    '/api/v1/nests/:id/permissions',
    {
      preValidation: [auth.person, readJson],
      schema: {
        summary: 'Change what somebody may do; 201 when it changed something',
        security: BY.person,
        params: IdParams,
        body: PermissionsBody,
        response: {
          201: Nothing,
          204: Nothing,
          ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { id } = request.params;
      if (request.body.is_admin !== undefined && caller.by === 'session') throw new NestError('key_required');
      // Per person too: otherwise strangers could use up what the nest's own moderators need.
      await limits.count('permissions', `${id}:${caller.pubkey ?? 'guest'}`);
      const { changed } = await nests.permissions(id, caller, request.body);
      return done(reply, changed ? 201 : 204);
    },
  );
}
