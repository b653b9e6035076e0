import { Diagnostics } from '@nests/protocol/api';
import type { Context } from './context.ts';
import { addressKey } from './limits.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';
import type { Seen } from './seen.ts';

/** `GET /:id/diagnostics`: the server's half of the diagnostics (CONTRACT §5). */
export function diagnosticsRoutes(app: App, { nests, auth, clock, limits }: Context, seen: Seen): void {
  app.get(
    '/api/v1/nests/:id/diagnostics',
    {
      preValidation: auth.anyone,
      schema: {
        summary: 'What the server sees of a nest; the host sees more',
        security: [{}, ...BY.person],
        params: IdParams,
        response: { 200: Diagnostics, ...refusals(400, 401, 403, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const found = await nests.diagnostics(id, request.caller);
      const { present, lastAliveAt } = found.record;
      // No 404 here, but as good as one to somebody who tries ids out.
      if (present === false) await limits.count('missing', addressKey(request.ip));
      // Whoever may not see when a nest was last alive does not learn it from its webhooks either.
      const lastWebhookAt = present && lastAliveAt === undefined ? undefined : seen.last(id);
      return {
        ...found,
        serverTime: clock.now(),
        ...(lastWebhookAt === undefined ? {} : { lastWebhookAt }),
      };
    },
  );
}
