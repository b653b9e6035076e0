import { pino, stdSerializers, type DestinationStream } from 'pino';
import type { Log } from './nests/ports.ts';

/** Fields whose values are never written, wherever somebody might put them by mistake. */
const HIDDEN = ['authorization', 'token', 'session', 'secret', 'apiSecret', 'password'];

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
      serializers: { error: stdSerializers.errWithCause },
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
