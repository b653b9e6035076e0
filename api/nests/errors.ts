import { ERRORS, type ErrorCode } from '@nests/protocol/errors';

/** What a refusal may carry beside its code. */
export interface NestErrorExtra {
  /** with `not_started`: when the nest is planned, unix seconds */
  starts?: number;
  /** with `rate_limited`: ms until the next attempt can succeed */
  retryAfterMs?: number;
  /** what went wrong underneath; for the log, never for the reply */
  cause?: unknown;
}

/** A use case refuses or fails, with the code of the catalogue (status and sentence follow from it). */
export class NestError extends Error {
  override name = 'NestError';
  readonly code: ErrorCode;
  readonly starts: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, { starts, retryAfterMs, cause }: NestErrorExtra = {}) {
    super(ERRORS[code].sentence, cause === undefined ? undefined : { cause });
    this.code = code;
    this.starts = starts;
    this.retryAfterMs = retryAfterMs;
  }
}
