import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JoinTried, Metrics } from '../metrics.ts';
import type { Log } from '../nests/ports.ts';

/**
 * Counts every finished request, and writes one log line for it: refusals at info, everything that went well at debug (a
 * busy server finishes thousands a second). Never a header, never a body: those carry what others must not see.
 */
export function makeRequestLog(log: Log, metrics: Metrics, debug: boolean) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { statusCode } = reply;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.request({
      method: request.method,
      route,
      status: statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    const kind = joinKind(request, route);
    if (kind) metrics.join({ kind, outcome: request.failure ?? 'ok' });
    const refused = statusCode >= 400 && statusCode !== 429; // a flood must not become a flood of lines
    if (refused || debug) {
      const { id } = (request.params ?? {}) as { id?: string };
      const fields = {
        requestId: request.id,
        method: request.method,
        route,
        ...(id === undefined ? {} : { nestId: id.slice(0, 64) }),
        status: statusCode,
        ...(request.failure === null ? {} : { code: request.failure }),
        ms: Math.round(reply.elapsedTime),
      };
      if (refused) log.info('Request refused', fields);
      else log.debug('Request', fields);
    }
    done();
  };
}

/** How somebody wants in by this request, if that is what it is for. */
function joinKind({ method, caller }: FastifyRequest, route: string): JoinTried['kind'] | undefined {
  switch (route) {
    case '/api/v1/nests/:id/guest':
      return 'guest';
    case '/api/v1/nests/:id/token':
      return 'renewal';
    case '/api/v1/nests/:id':
      if (method !== 'GET') return undefined;
      break;
    case '/api/v1/nests/:id/join':
      break;
    default:
      return undefined;
  }
  return caller?.by === 'session' ? 'session' : 'signed';
}
