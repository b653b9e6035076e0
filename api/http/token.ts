import { TokenReply } from '@nests/protocol/api';
import { callerOf } from './auth.ts';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';

/** `POST /:id/token`: a fresh LiveKit token for the session's identity, without asking the signer. */
export function tokenRoutes(app: App, { nests, auth, limits, views }: Context): void {
  app.post(
    '/api/v1/nests/:id/token',
    {
      onRequest: noStore,
      preValidation: auth.session,
      schema: {
        summary: 'A fresh token for the same identity',
        security: BY.session,
        params: IdParams,
        response: { 200: TokenReply, ...refusals(401, 403, 404, 409, 410, 413, 415, 429, 500, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { id } = request.params;
      await limits.count('renew', `${id}:${caller.identity ?? ''}:${caller.signedAt}`);
      return views.seat(await nests.renew(id, caller));
    },
  );
}
