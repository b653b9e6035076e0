import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { docsPage } from './docs-page.ts';
import type { Context } from './context.ts';
import type { App } from './parts.ts';

/** Gathers the routes that are registered after it into one OpenAPI document. */
export function gatherOpenApi(app: App, { config }: Pick<Context, 'config'>): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Nests',
        version: config.version,
        description:
          'Live audio rooms for Nostr. Every error body is `{error, code, requestId}`. An address that cannot be read is a 400, ' +
          'one that does not exist a 404, and a method it does not know a 405.',
        license: { name: 'MIT' },
      },
      servers: config.publicUrls.map((url) => ({ url })),
      components: {
        securitySchemes: {
          nostr: {
            type: 'http',
            scheme: 'Nostr',
            description: 'NIP-98: base64 of a signed event of kind 27235 for exactly this request',
          },
          session: { type: 'http', scheme: 'bearer', description: 'The `session` that came beside a token' },
          livekit: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: 'A JWT by which LiveKit signs the body with the shared secret',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** `GET /api/v1/openapi.json` and `GET /docs`: the contract, from the schemas that validate. */
export function openApiRoutes(app: App): void {
  let page: string | undefined;
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(app.swagger()),
  );
  app.get('/docs', { schema: { hide: true } }, async (_request, reply) => {
    page ??= docsPage(app.swagger());
    return reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      )
      .send(page);
  });
}
