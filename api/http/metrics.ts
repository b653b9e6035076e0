import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { NestError } from '../nests/errors.ts';
import type { App } from './parts.ts';

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;
const BEARER = /^Bearer +(\S+)$/i;

/**
 * `GET /metrics` beside the API, unless it has a port of its own: with the token where one is set; else, outside
 * production, for programs on this machine. For everybody else there is no such address.
 */
export function metricsRoutes(app: App, { config, metrics }: { config: Config; metrics: Metrics }): void {
  const { metricsPort, metricsToken, production } = config;
  if (metricsPort !== undefined || (production && metricsToken === undefined)) return;
  const admit = async (request: FastifyRequest): Promise<void> => {
    if (metricsToken === undefined) {
      if (!LOOPBACK.test(request.ip)) throw new NestError('not_found');
      return;
    }
    const { authorization } = request.headers;
    if (authorization === undefined) throw new NestError('auth_missing');
    if (!isToken(authorization, metricsToken)) throw new NestError('forbidden');
  };
  app.get('/metrics', { preValidation: admit, schema: { hide: true } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}

/** `GET /metrics` on a port of its own, for those inside only; with the token where one is set. */
export async function serveMetrics(
  metrics: Metrics,
  { port, host, token }: { port: number; host: string; token?: string | undefined },
): Promise<Server> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    if (token !== undefined && !isToken(request.headers.authorization ?? '', token)) {
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    }
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

/** Compared by their hashes, in a time that tells nothing. */
function isToken(authorization: string, token: string): boolean {
  const given = BEARER.exec(authorization)?.[1] ?? '';
  return timingSafeEqual(hash(given), hash(token));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
