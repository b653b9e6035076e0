import type { Clock, Log } from '../nests/ports.ts';

/** How often one kind of failure is written, in ms: an outage fails thousands of requests, and one line says it. */
const EVERY_MS = 1000;

/** Writes failed requests to the log: each kind at most once a second, with how many were left out. */
export class FailureLog {
  private readonly kinds = new Map<string, { at: number; leftOut: number }>();
  private readonly log: Log;
  private readonly clock: Clock;

  constructor(log: Log, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  /** One request failed; an outage (503) is a warning, anything else an error. */
  write(
    status: number,
    code: string,
    fields: { requestId: string; route: string | undefined; error: unknown },
  ): void {
    const now = this.clock.now();
    const kind = this.kinds.get(code);
    if (kind && now - kind.at < EVERY_MS) {
      kind.leftOut++;
      return;
    }
    this.kinds.set(code, { at: now, leftOut: 0 });
    const line = { ...fields, code, ...(kind?.leftOut ? { leftOut: kind.leftOut } : {}) };
    if (status === 503) this.log.warn('A request met an outage', line);
    else this.log.error('A request failed', line);
  }
}
