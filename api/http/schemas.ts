import { ErrorBody } from '@nests/protocol/api';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';

/** `:id` in an address; which ids exist is for the record to say, so any text but none will do. */
export const IdParams = z.object({ id: z.string().min(1).meta({ description: 'The room id' }) });

/** `:id/…/:hex` in an address. */
export const PersonParams = IdParams.extend({
  hex: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a public key as 64 lower-case hex digits')
    .meta({ description: 'A public key, 64 lower-case hex digits' }),
});

/** A reply without a body. */
export const Nothing = z.null().meta({ description: 'Done; no body' });

/** Sends a reply without a body. */
export function done(reply: FastifyReply, status: 201 | 204): FastifyReply {
  return reply.code(status).send();
}

/** Who has to ask, as the OpenAPI document says it. */
export const BY = {
  anyone: [],
  key: [{ nostr: [] }],
  person: [{ nostr: [] }, { session: [] }],
  session: [{ session: [] }],
  livekit: [{ livekit: [] }],
};

/** The refusals a route can answer with, for the OpenAPI document. */
export function refusals<const S extends number>(...statuses: S[]): Record<S, typeof ErrorBody> {
  return Object.fromEntries(statuses.map((status) => [status, ErrorBody])) as Record<S, typeof ErrorBody>;
}
