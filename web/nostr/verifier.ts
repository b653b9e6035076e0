import type { NostrEvent } from '@nests/protocol/event';

/** One message to the worker. */
export interface VerifyRequest {
  batch: number;
  events: NostrEvent[];
}

/** The worker's answer, in the order of the request. */
export interface VerifyReply {
  batch: number;
  genuine: boolean[];
}

/** Answers for a few events at once, in their order. */
export type VerifyBatch = (events: NostrEvent[]) => Promise<boolean[]>;

interface Waiting {
  event: NostrEvent;
  answer: (genuine: boolean) => void;
}

/** Small enough that something urgent never waits long behind it: about 30 ms of work. */
const BATCH = 24;

/** Checks signatures in batches, one batch at a time; what a nest needs goes before what a list needs. */
export class Verifier {
  private readonly urgent: Waiting[] = [];
  private readonly later: Waiting[] = [];
  private busy = false;
  private readonly check: VerifyBatch;

  constructor(check: VerifyBatch) {
    this.check = check;
  }

  /** Whether an event is genuine. Never rejects: what cannot be checked is not genuine. */
  verify(event: NostrEvent, isUrgent: boolean): Promise<boolean> {
    return new Promise((answer) => {
      (isUrgent ? this.urgent : this.later).push({ event, answer });
      void this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let batch = this.next(); batch.length > 0; batch = this.next()) {
      const genuine = await this.check(batch.map(({ event }) => event)).catch(() => []);
      batch.forEach(({ answer }, index) => answer(genuine[index] ?? false));
    }
    this.busy = false;
  }

  private next(): Waiting[] {
    const urgent = this.urgent.splice(0, BATCH);
    return [...urgent, ...this.later.splice(0, BATCH - urgent.length)];
  }
}

/**
 * Checks in a worker. Where the worker cannot be had, checks here, a few at a time so that the page stays alive.
 * `close` ends the worker.
 */
export function verifyInWorker(): { check: VerifyBatch; close: () => void } {
  if (typeof Worker === 'undefined') return { check: verifyHere, close: () => undefined };
  const worker = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
  const open = new Map<
    number,
    { events: NostrEvent[]; resolve: (genuine: boolean[] | Promise<boolean[]>) => void }
  >();
  let batches = 0;
  let broken = false;
  worker.onmessage = ({ data: { batch, genuine } }: MessageEvent<VerifyReply>) => {
    open.get(batch)?.resolve(genuine);
    open.delete(batch);
  };
  worker.onerror = () => {
    broken = true;
    for (const { events, resolve } of open.values()) resolve(verifyHere(events));
    open.clear();
  };
  const check: VerifyBatch = (events) => {
    if (broken) return verifyHere(events);
    return new Promise((resolve) => {
      const batch = ++batches;
      open.set(batch, { events, resolve });
      worker.postMessage({ batch, events } satisfies VerifyRequest);
    });
  };
  return { check, close: () => worker.terminate() };
}

const AT_A_TIME = 8;

async function verifyHere(events: NostrEvent[]): Promise<boolean[]> {
  const { isGenuine } = await import('./verify.ts');
  const genuine: boolean[] = [];
  for (const [index, event] of events.entries()) {
    if (index % AT_A_TIME === 0) await new Promise((resolve) => setTimeout(resolve));
    genuine.push(isGenuine(event));
  }
  return genuine;
}
