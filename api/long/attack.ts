import type fc from 'fast-check';
import type { Target } from './target.ts';
import { send, type Outcome, type Shot } from './wire.ts';

/** What is sent, and what may come of it. */
export interface Plan {
  /** sent all at once */
  shots: Shot[];
  /** the refusals that are right; any 4xx when it does not matter which */
  codes?: readonly string[];
  /** the connection may be closed without a word: what was sent is no HTTP */
  mayClose?: boolean;
  /** anybody may ask this: only a failure or a leak is wrong */
  harmless?: boolean;
  /** judges the outcomes instead of all that; a sentence when something is wrong */
  judge?: (outcomes: Outcome[]) => string | undefined;
}

/** One malformed or forged request, or a few that belong together. */
export interface Attack {
  /** which kind, for the counts */
  kind: string;
  /** everything that makes it what it is, for the report */
  data: unknown;
  plan: (target: Target) => Plan | Promise<Plan>;
}

/** A kind of attack: `plan` makes requests of generated data. */
export function attack<T>(
  kind: string,
  data: fc.Arbitrary<T>,
  plan: (data: T, target: Target) => Plan | Promise<Plan>,
): fc.Arbitrary<Attack> {
  return data.map((made) => ({ kind, data: made, plan: (target) => plan(made, target) }));
}

/** Carries an attack out. Answers what came of it, and what is wrong with that, if anything. */
export async function carryOut(
  { plan }: Attack,
  target: Target,
): Promise<{ outcomes: Outcome[]; complaint: string | undefined }> {
  const planned = await plan(target);
  const outcomes = await Promise.all(planned.shots.map((shot) => send(target.port, shot)));
  const judged = planned.judge?.(outcomes);
  const complaint =
    judged ?? outcomes.map((outcome) => complaintOf(outcome, planned)).find((found) => found !== undefined);
  return { outcomes, complaint: complaint && `${planned.shots.map(shown).join(', ')}: ${complaint}` };
}

function shown(shot: Shot): string {
  if ('path' in shot) return `${shot.method} ${shot.path.slice(0, 200)}`;
  return JSON.stringify(
    shot.chunks
      .map((chunk) => Buffer.from(chunk).toString('latin1'))
      .join('')
      .slice(0, 300),
  );
}

function complaintOf({ statuses, code, text, hangs }: Outcome, plan: Plan): string | undefined {
  const { codes, mayClose = false, harmless = false, judge } = plan;
  if (hangs) return 'there was no answer in time';
  if (text.includes(SECRET_OF_A_FILE)) return 'a file was given out that is none of the web app';
  const failed = statuses.find((status) => status >= 500);
  if (failed !== undefined) return `it was a failure of the server: ${failed} ${code ?? ''}`;
  if (judge) return undefined;
  if (statuses.length === 0) return mayClose ? undefined : 'the connection was closed without a word';
  const accepted = statuses.find((status) => status < 400);
  if (accepted !== undefined && !harmless) return `it was accepted: ${accepted} ${text.slice(0, 300)}`;
  if (accepted === undefined && code === undefined)
    return `it was refused without saying why: ${text.slice(0, 300)}`;
  if (codes && !codes.includes(code ?? '')) return `it was refused as ${code}, not as ${codes.join(' or ')}`;
  return undefined;
}

/** Written into a file beside the web app, where no request may reach. */
export const SECRET_OF_A_FILE = 'this file is for nobody outside';
