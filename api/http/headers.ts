import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestError } from '../nests/errors.ts';

/** CORS: any origin may ask, none with credentials of its own (cookies do not exist here). */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After, X-Request-Id',
} as const;

const PREFLIGHT_HEADERS = {
  ...CORS_HEADERS,
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID',
  'access-control-max-age': '86400',
} as const;

/** On every request: the headers every reply has; a preflight is answered here. */
export function answerCors(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    void reply.code(204).headers(PREFLIGHT_HEADERS).send();
    return;
  }
  reply
    .header('access-control-allow-origin', '*')
    .header('access-control-expose-headers', CORS_HEADERS['access-control-expose-headers'])
    .header('x-content-type-options', 'nosniff')
    .header('x-request-id', request.id);
  done();
}

/** For routes whose reply carries a token or a session. */
export function noStore(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('cache-control', 'no-store');
  done();
}

/** HTTP/1.1 asks for a Host (RFC 9112 §3.2); Node's own refusal would have no body. */
export async function demandHost({ raw: { headers, httpVersion } }: FastifyRequest): Promise<void> {
  if (headers.host === undefined && httpVersion === '1.1') throw new NestError('bad_request');
}
