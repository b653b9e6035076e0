/** What the API says besides the sentence; see the error body in the contract. */
export interface ApiErrorFacts {
  /** HTTP status; 0 = no answer at all. */
  status: number;
  /** The stable word, or `unreachable` / `timeout` / `aborted` where there was no answer. */
  code: string;
  message: string;
  /** Seconds, from `Retry-After`. */
  retryAfterS?: number;
  requestId?: string;
  /** With `not_started`: when the nest is planned for, unix seconds. */
  starts?: number;
}

/** Every way in which a call to the API fails, including no answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterS: number | undefined;
  readonly requestId: string | undefined;
  readonly starts: number | undefined;

  constructor(facts: ApiErrorFacts) {
    super(facts.message);
    this.status = facts.status;
    this.code = facts.code;
    this.retryAfterS = facts.retryAfterS;
    this.requestId = facts.requestId;
    this.starts = facts.starts;
  }
}

/** The person's signer said no, or could not be reached: nothing the server can help with. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
}

/** `Retry-After` in seconds: the number form or the date form; undefined when absent or unreadable. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMs) / 1000));
}
