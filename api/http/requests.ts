import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../nests/ports.ts';
import type { Metrics } from './metrics.ts';

/**
 * Counts every finished request, and writes one log line for it: refusals at info, everything that went well at debug (a busy server finishes
 * thousands a second). Never a header, never a body: those carry what others must not see.
 */
export function makeRequestLog(log: Log, metrics: Metrics, debug: boolean) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { statusCode } = reply;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observe(request.method, route, statusCode, reply.elapsedTime);
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
