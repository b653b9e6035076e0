import { pino, type DestinationStream } from 'pino';
import type { Log } from './nests/ports.ts';

/** Fields whose values are never written, wherever somebody might put them by mistake. */
const HIDDEN = ['authorization', 'token', 'session', 'secret', 'apiSecret', 'password'];

/** How many causes of causes are written. */
const MOST_CAUSES = 5;

/**
 * What of an error goes into the log. Libraries hang more on theirs than anybody may read: that of Redis carries the whole
 * command, a password or a record among its arguments.
 */
function withoutBaggage(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  return {
    type: name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause instanceof Error && depth < MOST_CAUSES ? { cause: withoutBaggage(cause, depth + 1) } : {}),
  };
}

/**
 * Structured log lines on stdout (one JSON object each) for people and collectors.
 * @param destination where lines go instead, for tests
 */
export function makeLog(level: 'error' | 'warn' | 'info' | 'debug', destination?: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error: unknown) => withoutBaggage(error) },
      redact: { paths: HIDDEN.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
    },
    destination ?? pino.destination(1),
  );
  const write =
    (at: 'info' | 'warn' | 'error' | 'debug') =>
    (message: string, fields?: object): void => {
      if (fields === undefined) logger[at](message);
      else logger[at](fields, message);
    };
  return { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') };
}
