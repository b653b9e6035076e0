import { restartBody, RestartReply } from '@nests/protocol/api';
import { callerOf, pubkeyOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';

/** `POST /:id/restart`: a new room for a nest, or a new nest for a missing one (CONTRACT §3). */
export function restartRoutes(app: App, { config, nests, auth, views }: Context): void {
  app.post(
    '/api/v1/nests/:id/restart',
    {
      onRequest: noStore,
      preValidation: [auth.key, readJson],
      schema: {
        summary: 'A new LiveKit room for a nest; a new nest when it is missing',
        security: BY.key,
        params: IdParams,
        body: restartBody({ allowInsecureRelays: !config.production }),
        response: { 200: RestartReply, ...refusals(400, 401, 403, 409, 413, 415, 429, 500, 503) },
      },
    },
    async (request) => {
      const result = await nests.restart(request.params.id, pubkeyOf(request), request.body);
      const { role: _, ...entry } = views.join(result.entry, callerOf(request).signedAt);
      const reply = { roomId: result.entry.roomId, ...entry };
      if (!result.isNewRoom) {
        return { ...reply, message: 'Nest restarted successfully', isNewRoom: false as const };
      }
      return {
        ...reply,
        message: 'Nest recreated with new room ID',
        isNewRoom: true as const,
        originalRoomId: result.originalRoomId,
      };
    },
  );
}
