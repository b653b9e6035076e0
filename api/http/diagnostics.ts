import { Diagnostics } from '@nests/protocol/api';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';
import type { Seen } from './seen.ts';

/** `GET /:id/diagnostics`: the server's half of the diagnostics (CONTRACT §5). */
export function diagnosticsRoutes(app: App, { nests, auth, clock }: Context, seen: Seen): void {
  app.get(
    '/api/v1/nests/:id/diagnostics',
    {
      preValidation: auth.anyone,
      schema: {
        summary: 'What the server sees of a nest; the host sees more',
        security: [{}, ...BY.person],
        params: IdParams,
        response: { 200: Diagnostics, ...refusals(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const lastWebhookAt = seen.last(id);
      return {
        ...(await nests.diagnostics(id, request.caller)),
        serverTime: clock.now(),
        ...(lastWebhookAt === undefined ? {} : { lastWebhookAt }),
      };
    },
  );
}
