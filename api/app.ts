import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import fastify, { type FastifyHttpOptions } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { makeAuth } from './http/auth.ts';
import { banRoutes } from './http/bans.ts';
import { keepRawBodies, MAX_BODY } from './http/body.ts';
import type { Context } from './http/context.ts';
import { debugRoutes } from './http/debug.ts';
import { diagnosticsRoutes } from './http/diagnostics.ts';
import { endRoutes } from './http/end.ts';
import { errorBody, failureOf, makeErrorHandler, type AuthHelp } from './http/errors.ts';
import { eventRoutes } from './http/events.ts';
import { guestRoutes } from './http/guest.ts';
import { handRoutes } from './http/hand.ts';
import { answerCors, CORS_HEADERS, demandHost } from './http/headers.ts';
import { healthRoutes } from './http/health.ts';
import { infoRoutes } from './http/info.ts';
import { joinRoutes } from './http/join.ts';
import { makeLimits } from './http/limits.ts';
import { memberRoutes } from './http/members.ts';
import { metricsRoutes } from './http/metrics.ts';
import { nestRoutes } from './http/nests.ts';
import { KnownRoutes, makeNotFound } from './http/not-found.ts';
import { gatherOpenApi, openApiRoutes } from './http/openapi.ts';
import { FailureLog } from './http/failure-log.ts';
import type { App, Parts } from './http/parts.ts';
import { permissionRoutes } from './http/permissions.ts';
import { makeRequestLog } from './http/requests.ts';
import { restartRoutes } from './http/restart.ts';
import { Seen } from './http/seen.ts';
import { Sessions } from './http/sessions.ts';
import { successorRoutes } from './http/successor.ts';
import { tokenRoutes } from './http/token.ts';
import { makeViews } from './http/views.ts';
import { webAppRoutes, type SendPage } from './http/web-app.ts';
import { webhookRoutes } from './http/webhook.ts';

/** How long a client may take to send its request, and the head of it, in ms. */
const REQUEST_MS = 20_000;
const HEAD_MS = 10_000;
/** How often Node looks for those who take longer, in ms; its own half a minute would let them stay as long again. */
const LOOK_MS = 5_000;
/** Longer than proxies keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 72_000;

/** The whole HTTP API of its parts, without listening. */
export function buildApp(parts: Parts): App {
  const { config, log, clock } = parts;
  const help: AuthHelp = { origin: config.publicUrls[0], now: () => Math.floor(clock.now() / 1000) };
  const app = fastify(serverOptions(parts, help)).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // `Expect` with something unknown: ignored (RFC 9110 §10.1.1), where Node would answer 417 without a body.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  app.decorateRequest('caller', null);
  app.decorateRequest('failure', null);
  keepRawBodies(app);

  const sessions = new Sessions(config.secrets, config.publicUrls);
  const limits = makeLimits(config.limits, parts.store);
  const context: Context = {
    ...parts,
    auth: makeAuth(parts, sessions),
    limits,
    views: makeViews(config, sessions),
  };

  app.addHook('onRequest', answerCors);
  app.addHook('onRequest', demandHost);
  app.addHook('onResponse', makeRequestLog(log, parts.metrics, config.logLevel === 'debug'));
  app.setErrorHandler(makeErrorHandler(new FailureLog(log, clock), limits, help));
  const known = new KnownRoutes(app);
  let sendPage: SendPage | undefined;
  app.setNotFoundHandler(makeNotFound(known, () => sendPage, help));

  gatherOpenApi(app, context);
  void app.register(async (routes: App) => {
    resources(routes, context);
    openApiRoutes(routes);
    sendPage = webAppRoutes(routes, parts);
  });
  return app;
}

function resources(app: App, context: Context): void {
  const seen = new Seen();
  healthRoutes(app, context);
  nestRoutes(app, context);
  joinRoutes(app, context);
  guestRoutes(app, context);
  tokenRoutes(app, context);
  infoRoutes(app, context);
  successorRoutes(app, context);
  eventRoutes(app, context);
  handRoutes(app, context);
  permissionRoutes(app, context);
  banRoutes(app, context);
  memberRoutes(app, context);
  restartRoutes(app, context);
  endRoutes(app, context);
  diagnosticsRoutes(app, context, seen);
  webhookRoutes(app, context, seen);
  debugRoutes(app, context);
  metricsRoutes(app, context);
}

function serverOptions({ config }: Parts, help: AuthHelp): FastifyHttpOptions<Server> {
  const process = randomBytes(4).toString('hex');
  let count = 0;
  const nextId = (): string => `${process}-${(++count).toString(36)}`;
  return {
    logger: false, // one line a request is written by our own hook
    bodyLimit: MAX_BODY,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: HEAD_MS, connectionsCheckingInterval: LOOK_MS, requireHostHeader: false },
    keepAliveTimeout: KEEP_ALIVE_MS,
    return503OnClosing: false, // what arrives on open connections while stopping is still answered
    exposeHeadRoutes: false,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    requestIdHeader: false,
    genReqId: nextId,
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors(error, request, reply) {
      const head = { ...CORS_HEADERS, 'content-type': 'application/json; charset=utf-8' };
      reply.raw.writeHead(400, head).end(JSON.stringify(errorBody(failureOf(error), request.id, help)));
    },
    clientErrorHandler(error, socket) {
      if (!socket.writable || ('code' in error && error.code === 'ECONNRESET')) return void socket.destroy();
      const late = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
      const body = JSON.stringify(errorBody({ code: 'bad_request' }, nextId(), help));
      socket.end(
        `HTTP/1.1 ${late ? '408 Request Timeout' : '400 Bad Request'}\r\nConnection: close\r\n` +
          `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    },
  };
}
