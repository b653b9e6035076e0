import type { FastifyRequest } from 'fastify';
import { NestError } from '../nests/errors.ts';
import type { App } from './parts.ts';

/** The largest body, in bytes. */
export const MAX_BODY = 64 * 1024;

/**
 * The largest body of a webhook, in bytes: LiveKit describes the whole room, with metadata of up to 512 KiB, and would
 * never get it through otherwise.
 */
export const MAX_WEBHOOK = 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Keeps bodies as the bytes that arrived: their hash is part of what was signed. Who is asking is checked before
 * anybody reads them; `readJson` does then. LiveKit has a media type of its own for its webhooks.
 */
export function keepRawBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/webhook+json'],
    { parseAs: 'buffer', bodyLimit: MAX_BODY },
    (_request, body, done) => done(null, body),
  );
}

/** The body as it arrived, if there is one. */
export function rawBody(request: FastifyRequest): Uint8Array | undefined {
  return Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined;
}

/**
 * Reads the body as JSON, after authentication and before validation. No body at all reads as an empty object, so that
 * routes whose fields are all optional need none.
 * @throws NestError `bad_json`
 */
export async function readJson(request: FastifyRequest): Promise<void> {
  const raw = rawBody(request);
  try {
    request.body = raw === undefined ? {} : JSON.parse(utf8.decode(raw));
  } catch {
    throw new NestError('bad_json');
  }
}
