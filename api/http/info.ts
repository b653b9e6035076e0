import { NestInfo } from '@nests/protocol/api';
import type { Context } from './context.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';

/** `GET /:id/info`: what is known about a nest. */
export function infoRoutes(app: App, { nests, auth, views }: Context): void {
  app.get(
    '/api/v1/nests/:id/info',
    {
      preValidation: auth.anyone,
      schema: {
        summary: 'What is known about a nest',
        security: [{}, ...BY.person],
        params: IdParams,
        response: { 200: NestInfo, ...refusals(400, 401, 403, 404, 410, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      return views.info(id, await nests.info(id, request.caller));
    },
  );
}
