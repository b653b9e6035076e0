import { JoinBody, JoinReply } from '@nests/protocol/api';
import { type Caller, callerOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import { addressKey } from './limits.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';

/** `GET /:id` and, with an invitation in its body, `POST /:id/join`: entering a nest as oneself. */
export function joinRoutes(app: App, { nests, auth, limits, views }: Context): void {
  const common = {
    security: BY.person,
    params: IdParams,
  };
  // A guest who comes back with a session is a guest: a whole household may.
  const countJoin = ({ pubkey }: Caller, ip: string): Promise<void> =>
    pubkey === null ? limits.count('guest', addressKey(ip)) : limits.count('join', pubkey);
  const refused = [400, 401, 403, 404, 409, 410, 429, 500, 503] as const;

  app.get(
    '/api/v1/nests/:id',
    {
      onRequest: noStore,
      preValidation: auth.person,
      schema: {
        ...common,
        summary: 'Enter a nest',
        response: { 200: JoinReply, ...refusals(...refused) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      await countJoin(caller, request.ip);
      return views.join(await nests.join(request.params.id, caller), caller.signedAt);
    },
  );

  app.post(
    '/api/v1/nests/:id/join',
    {
      onRequest: noStore,
      preValidation: [auth.person, readJson],
      schema: {
        ...common,
        summary: 'Enter a nest, with an invitation',
        body: JoinBody,
        response: { 200: JoinReply, ...refusals(413, 415, ...refused) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      await countJoin(caller, request.ip);
      return views.join(await nests.join(request.params.id, caller, request.body.secret), caller.signedAt);
    },
  );
}
