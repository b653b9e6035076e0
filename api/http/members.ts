import { InviteReply } from '@nests/protocol/api';
import * as z from 'zod';
import { callerOf } from './auth.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import type { App } from './parts.ts';
import { BY, done, IdParams, Nothing, PersonParams, refusals } from './schemas.ts';

const InviteParams = IdParams.extend({ inviteId: z.string() });
const InviteList = z.object({
  invites: z.array(z.object({ id: z.string(), by: z.string(), at: z.int() })),
});

/** `/:id/members/:hex` and `/:id/invites`: who may enter an invite-only nest, by key or by a link's secret. */
export function memberRoutes(app: App, { nests, auth }: Context): void {
  const change = {
    security: BY.person,
    response: { 204: Nothing, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
  };

  app.put(
    '/api/v1/nests/:id/members/:hex',
    {
      preValidation: [auth.person, readJson],
      schema: { ...change, params: PersonParams, summary: 'Admit a key' },
    },
    async (request, reply) => {
      await nests.addMember(request.params.id, callerOf(request), request.params.hex);
      return done(reply, 204);
    },
  );

  app.delete(
    '/api/v1/nests/:id/members/:hex',
    {
      preValidation: auth.person,
      schema: { ...change, params: PersonParams, summary: 'Admit a key no longer' },
    },
    async (request, reply) => {
      await nests.removeMember(request.params.id, callerOf(request), request.params.hex);
      return done(reply, 204);
    },
  );

  app.get(
    '/api/v1/nests/:id/invites',
    {
      preValidation: auth.person,
      schema: {
        summary: 'Invitations that were made, without their secrets',
        security: BY.person,
        params: IdParams,
        response: { 200: InviteList, ...refusals(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request) => ({ invites: await nests.invites(request.params.id, callerOf(request)) }),
  );

  app.post(
    '/api/v1/nests/:id/invites',
    {
      onRequest: noStore,
      preValidation: [auth.person, readJson],
      schema: {
        summary: 'Make an invitation; its secret is told this once',
        security: BY.person,
        params: IdParams,
        response: { 201: InviteReply, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => reply.code(201).send(await nests.invite(request.params.id, callerOf(request))),
  );

  app.delete(
    '/api/v1/nests/:id/invites/:inviteId',
    {
      preValidation: auth.person,
      schema: {
        summary: 'Revoke an invitation',
        security: BY.person,
        params: InviteParams,
        response: { 204: Nothing, ...refusals(400, 401, 403, 404, 409, 410, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      await nests.revokeInvite(request.params.id, callerOf(request), request.params.inviteId);
      return done(reply, 204);
    },
  );
}
