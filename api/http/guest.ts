import { GuestReply } from '@nests/protocol/api';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import { addressKey } from './limits.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';
import { signedAtOf } from './views.ts';

/** `GET /:id/guest`: listening without a key. */
export function guestRoutes(app: App, { nests, limits, views, clock }: Context): void {
  app.get(
    '/api/v1/nests/:id/guest',
    {
      onRequest: noStore,
      schema: {
        summary: 'Enter a nest as a guest, to listen',
        security: BY.anyone,
        params: IdParams,
        response: { 200: GuestReply, ...refusals(400, 403, 404, 409, 410, 429, 500, 503) },
      },
    },
    async (request) => {
      await limits.count('guest', addressKey(request.ip));
      const entry = await nests.guest(request.params.id);
      return { ...views.join(entry, signedAtOf(null, clock.now())), role: 'guest' as const };
    },
  );
}
