import type { ErrorBody } from '@nests/protocol/api';
import { ERRORS, type ErrorCode } from '@nests/protocol/errors';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { NestError } from '../nests/errors.ts';
import { MediaUnavailable, StoreRecovering, StoreUnavailable } from '../nests/ports.ts';
import { addressKey, type RateLimits } from './limits.ts';
import type { FailureLog } from './failure-log.ts';

/** Seconds after which a client may ask again when a dependency was down. */
export const RETRY_OUTAGE_S = 2;

/** Everything an error reply is made of, beside the request's id. */
interface Failure {
  code: ErrorCode;
  /** one sentence; the catalogue's unless there is more to say */
  sentence?: string;
  /** with not_started: unix seconds */
  starts?: number | undefined;
  /** seconds */
  retryAfter?: number;
}

/** Codes of Fastify for requests it refuses by itself. */
const FRAMEWORK: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'wrong_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_BAD_URL: 'bad_request',
};

/** What an error of any kind means to whoever asked; anything unforeseen is `internal`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof NestError) return failureOfNest(error);
  if (error instanceof StoreRecovering) return { code: 'recovering', retryAfter: RETRY_OUTAGE_S };
  if (error instanceof StoreUnavailable) return { code: 'store_unavailable', retryAfter: RETRY_OUTAGE_S };
  if (error instanceof MediaUnavailable) return { code: 'livekit_unavailable', retryAfter: RETRY_OUTAGE_S };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const where = first?.instancePath.replace(/^\//, '').replaceAll('/', '.');
    const what = [where, first?.message].filter(Boolean).join(': ');
    return { code: 'bad_request', sentence: `${ERRORS.bad_request.sentence}: ${what}`.slice(0, 300) };
  }
  return { code: failureOfFramework(error) };
}

function failureOfNest(error: NestError): Failure {
  const { status, retryable } = ERRORS[error.code];
  const wait = status === 503 ? RETRY_OUTAGE_S : status === 429 ? 5 : undefined;
  const retryAfter =
    error.retryAfterMs === undefined ? wait : Math.max(1, Math.ceil(error.retryAfterMs / 1000));
  return {
    code: error.code,
    ...(error.starts === undefined ? {} : { starts: error.starts }),
    ...(retryable && retryAfter !== undefined ? { retryAfter } : {}),
  };
}

function failureOfFramework(error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'internal';
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = FRAMEWORK[code ?? ''];
  if (known) return known;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'bad_request' : 'internal';
}

/** What the replies to unauthenticated requests say so that a client can sign again, rightly. */
export interface AuthHelp {
  origin: string;
  /** unix seconds */
  now: () => number;
}

/** The body of an error reply. */
export function errorBody(failure: Failure, requestId: string, help: AuthHelp): ErrorBody {
  const { status, sentence } = ERRORS[failure.code];
  return {
    error: failure.sentence ?? sentence,
    code: failure.code,
    requestId,
    ...(status === 401 ? { origin: help.origin, serverTime: help.now() } : {}),
    ...(failure.starts === undefined ? {} : { starts: failure.starts }),
  };
}

/** Sends an error reply; the one place where they are written. */
export function sendFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  failure: Failure,
  help: AuthHelp,
): FastifyReply {
  const { status } = ERRORS[failure.code];
  if (failure.retryAfter !== undefined) reply.header('retry-after', String(failure.retryAfter));
  if (status === 401) reply.header('www-authenticate', 'Nostr');
  reply.header('cache-control', 'no-store');
  request.failure = failure.code;
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(failure, request.id, help)));
}

/**
 * Fastify's error handler: what people are told, and what the log is told beside. Asking for nests that do not exist is
 * counted per address: beyond the limit the answer is "too many", so that nobody can try ids out.
 */
export function makeErrorHandler(failures: FailureLog, limits: RateLimits, help: AuthHelp) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    let failure = failureOf(error);
    if (failure.code === 'room_not_found') failure = await countMissing(failure, limits, request.ip);
    const { status } = ERRORS[failure.code];
    // A token that could not be made has its line already, where it happened.
    if (status >= 500 && failure.code !== 'token_failed') {
      const cause = error instanceof NestError && error.cause ? error.cause : error;
      failures.write(status, failure.code, {
        requestId: request.id,
        route: request.routeOptions.url,
        error: cause,
      });
    }
    return sendFailure(request, reply, failure, help);
  };
}

async function countMissing(failure: Failure, limits: RateLimits, ip: string): Promise<Failure> {
  try {
    await limits.count('missing', addressKey(ip));
    return failure;
  } catch (error) {
    return error instanceof NestError ? failureOf(error) : failure;
  }
}
