import { ApiError, SigningError } from '../api/error.ts';
import { LinkError } from '../media/media-types.ts';
import type { FailureCategory, FailureCode, NestFailure } from './session-types.ts';

type Recovery = NestFailure['action'];

/** Whether hosts have another way out than everybody else. */
interface Entry {
  category: FailureCategory;
  others: Recovery;
  host?: Recovery;
  /** "Refresh the page, or ask the host": for what people cannot repair themselves. */
  advice?: boolean;
  signInHelps?: boolean;
}

const TABLE: Record<FailureCode, Entry> = {
  still_starting: {
    category: 'not_found',
    others: 'retry',
    host: 'restart',
    advice: true,
    signInHelps: true,
  },
  not_available: { category: 'not_found', others: 'retry', host: 'restart', advice: true, signInHelps: true },
  ended: { category: 'ended', others: 'retry', host: 'restart' },
  timeout: { category: 'network', others: 'retry', advice: true },
  unreachable: { category: 'network', others: 'retry' },
  server_trouble: { category: 'server', others: 'retry' },
  recovering: { category: 'server', others: 'retry' },
  token_failed: { category: 'server', others: 'retry', host: 'restart' },
  banned: { category: 'permission', others: 'none' },
  blocked: { category: 'permission', others: 'none' },
  removed: { category: 'permission', others: 'none' },
  invite_only: { category: 'permission', others: 'none', signInHelps: true },
  no_guests: { category: 'permission', others: 'sign_in', signInHelps: true },
  forbidden: { category: 'permission', others: 'none' },
  nest_full: { category: 'limit', others: 'retry' },
  stage_full: { category: 'limit', others: 'none' },
  rate_limited: { category: 'limit', others: 'retry' },
  not_started: { category: 'not_found', others: 'retry' },
  elsewhere: { category: 'media', others: 'retry' },
  audio_unreachable: { category: 'media', others: 'retry', host: 'restart' },
  signer_refused: { category: 'account', others: 'retry' },
  clock_off: { category: 'account', others: 'retry' },
  wrong_server: { category: 'account', others: 'none' },
  no_host: { category: 'not_found', others: 'none' },
  restart_forbidden: { category: 'permission', others: 'none' },
  restart_not_found: { category: 'not_found', others: 'none' },
  restart_server: { category: 'server', others: 'restart', host: 'restart' },
  restart_timeout: { category: 'network', others: 'restart', host: 'restart' },
  unknown: { category: 'server', others: 'retry' },
};

/** Every code there is, for the test that each has its words. */
export const FAILURE_CODES = Object.keys(TABLE) as FailureCode[];

/** A failure from its code: code → category → title, one sentence, one way out. */
export function failure(
  code: FailureCode,
  options: { isHost?: boolean; details?: NestFailure['details'] } = {},
): NestFailure {
  const entry = TABLE[code];
  const isHost = options.isHost ?? false;
  return {
    code,
    category: entry.category,
    titleKey: `errors:failure.${code}.title`,
    sentenceKey: `errors:failure.${code}.sentence`,
    action: (isHost ? entry.host : undefined) ?? entry.others,
    advice: !isHost && (entry.advice ?? false),
    signInHelps: entry.signInHelps ?? false,
    details: options.details ?? {},
  };
}

/** The failure for whatever a join or an action was rejected with. */
export function failureOf(cause: unknown, isHost: boolean): NestFailure {
  return failure(codeOf(cause), { isHost, details: detailsOf(cause) });
}

/** The failure of a restart: its sentences are its own. */
export function restartFailureOf(cause: unknown): NestFailure {
  return failure(restartCodeOf(cause), { isHost: true, details: detailsOf(cause) });
}

function restartCodeOf(cause: unknown): FailureCode {
  if (!(cause instanceof ApiError)) return codeOf(cause);
  if (cause.code === 'timeout') return 'restart_timeout';
  if (cause.status === 403) return cause.code === 'blocked' ? 'blocked' : 'restart_forbidden';
  if (cause.status === 404) return 'restart_not_found';
  if (cause.status >= 500) return 'restart_server';
  return codeOf(cause);
}

const SAME_NAME = new Set<FailureCode>([
  'timeout',
  'unreachable',
  'ended',
  'banned',
  'blocked',
  'removed',
  'invite_only',
  'no_guests',
  'forbidden',
  'nest_full',
  'stage_full',
  'not_started',
  'rate_limited',
  'token_failed',
  'recovering',
]);
const OTHER_NAME: Record<string, FailureCode> = {
  auth_time: 'clock_off',
  auth_url: 'wrong_server',
  room_not_found: 'not_available',
  aborted: 'unreachable',
};

function codeOf(cause: unknown): FailureCode {
  if (cause instanceof SigningError) return 'signer_refused';
  if (cause instanceof LinkError)
    return cause.because === 'room_gone' ? 'not_available' : 'audio_unreachable';
  if (!(cause instanceof ApiError)) return 'unknown';
  for (const code of SAME_NAME) if (code === cause.code) return code;
  const renamed = OTHER_NAME[cause.code];
  if (renamed) return renamed;
  if (cause.status === 404) return 'not_available';
  if (cause.status === 410) return 'ended';
  if (cause.status === 403) return 'forbidden';
  if (cause.status === 429) return 'rate_limited';
  return cause.status >= 500 ? 'server_trouble' : 'unknown';
}

function detailsOf(cause: unknown): NestFailure['details'] {
  if (!(cause instanceof ApiError)) return cause instanceof Error ? { message: cause.message } : {};
  return {
    message: cause.message,
    serverCode: cause.code,
    ...(cause.status === 0 ? {} : { status: cause.status }),
    ...(cause.requestId === undefined ? {} : { requestId: cause.requestId }),
    ...(cause.retryAfterS === undefined ? {} : { retryAfterS: cause.retryAfterS }),
  };
}
