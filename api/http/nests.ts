import {
  createBody,
  CreateReply,
  NestInfo,
  NestList,
  patchBody,
  type NestListItem,
} from '@nests/protocol/api';
import type { ListedNest } from '../nests/use-cases.ts';
import { callerOf, pubkeyOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import type { App } from './parts.ts';
import { BY, IdParams, refusals } from './schemas.ts';

/** `GET` and `PUT /api/v1/nests`, `POST /:id/start`, `PATCH /:id`: the lobby's list, and making and changing nests. */
export function nestRoutes(app: App, { config, nests, auth, views }: Context): void {
  const relayRules = { allowInsecureRelays: !config.production };

  const listed = ({ relays, ...nest }: ListedNest): NestListItem => ({
    ...nest,
    link: views.link({ id: nest.roomId, host: nest.host, relays }),
  });

  app.get(
    '/api/v1/nests',
    {
      schema: {
        summary: 'Live and public nests of this server',
        security: BY.anyone,
        response: { 200: NestList, ...refusals(503) },
      },
    },
    async () => ({ nests: (await nests.list()).map(listed) }),
  );

  app.put(
    '/api/v1/nests',
    {
      onRequest: noStore,
      preValidation: [auth.key, readJson],
      schema: {
        summary: 'Make a nest; with `starts` in the future, plan it',
        security: BY.key,
        body: createBody(relayRules),
        response: { 200: CreateReply, ...refusals(400, 401, 403, 413, 415, 429, 500, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const made = await nests.create(pubkeyOf(request), request.body);
      return {
        roomId: made.roomId,
        generation: made.generation,
        endpoints: views.endpoints(made),
        ...(made.entry ? { token: made.entry.token } : {}),
        session: views.session(made.roomId, made.identity, caller.signedAt),
      };
    },
  );

  app.post(
    '/api/v1/nests/:id/start',
    {
      onRequest: noStore,
      preValidation: [auth.person, readJson],
      schema: {
        summary: 'Start a planned nest',
        security: BY.person,
        params: IdParams,
        response: { 200: CreateReply, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 500, 503) },
      },
    },
    async (request) => {
      const { identity, signedAt } = callerOf(request);
      const entry = await nests.start(request.params.id, pubkeyOf(request), identity);
      const { role: _, ...reply } = views.join(entry, signedAt);
      return { roomId: entry.roomId, ...reply };
    },
  );

  app.patch(
    '/api/v1/nests/:id',
    {
      preValidation: [auth.person, readJson],
      schema: {
        summary: "Change a nest's options",
        security: BY.person,
        params: IdParams,
        body: patchBody(relayRules),
        response: { 200: NestInfo, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      return views.info(id, await nests.patch(id, callerOf(request), present(request.body)));
    },
  );
}

/** The fields that are there; a field of a request is never `undefined` once it was JSON, but the type allows it. */
function present<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const fields = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
