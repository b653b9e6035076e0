import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as api from './api.ts';
import vectors from './api.vectors.json' with { type: 'json' };
import { ERRORS } from './errors.ts';

const production = { allowInsecureRelays: false };
const bodies: Record<string, z.ZodType> = {
  create: api.createBody(production),
  createLocally: api.createBody({ allowInsecureRelays: true }),
  patch: api.patchBody(production),
  restart: api.restartBody(production),
  join: api.JoinBody,
  hand: api.HandBody,
  permissions: api.PermissionsBody,
  remove: api.RemoveBody,
  restarted: api.RestartReply,
  info: api.NestInfo,
  feed: api.FeedEvent,
  created: api.CreateReply,
};
const schemaOf = (name: string): z.ZodType => bodies[name]!;

describe('a body', () => {
  it.each(vectors.valid)('$schema is accepted: $name', ({ schema, body, becomes }) => {
    expect(schemaOf(schema).parse(body)).toEqual(becomes ?? body);
  });

  it.each(vectors.invalid)('$schema is refused: $name', ({ schema, body }) => {
    expect(schemaOf(schema).safeParse(body).success).toBe(false);
  });

  it('is refused or read, but never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(bodies)), fc.anything(), (schema, body) => {
        expect(typeof schema.safeParse(body).success).toBe('boolean');
      }),
    );
  });
});

describe('what leaves the server', () => {
  it('has a code for every entry of the catalogue', () => {
    for (const code of Object.keys(ERRORS)) {
      expect(api.ErrorBody.safeParse({ error: 'x', code, requestId: '1' }).success).toBe(true);
    }
    expect(api.ErrorBody.safeParse({ error: 'x', code: 'unheard_of', requestId: '1' }).success).toBe(false);
  });

  it('shows no more of an invite-only nest than the reply that was made', () => {
    const hidden = { status: 'active', access: 'invite', secret: 'x' };
    expect(api.NestInfo.parse(hidden)).toEqual({ status: 'active', access: 'invite' });
  });
});

it('can all be described for the OpenAPI document', () => {
  const schemas = Object.values(api).filter((value) => value instanceof z.ZodType);
  expect(schemas.length).toBeGreaterThan(20);
  for (const schema of schemas) expect(z.toJSONSchema(schema)).toBeTypeOf('object');
});
