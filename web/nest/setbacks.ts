import { ApiError } from '../api/error.ts';
import { LinkError } from '../media/media-types.ts';

/** Where a try to get in stands when it is set back. */
export interface Standing {
  /** We were in before: the app comes back by itself, without a click. */
  everIn: boolean;
  /** Setbacks in a row. */
  tries: number;
  /** ms since the nest's event was made, or since the first try where no event is known. */
  ageMs: number;
  /** ms since the connection was lost or the try began. */
  tryingForMs: number;
}

/**
 * What to do about a setback: try again (perhaps saying that the nest is starting), give up, look for where the nest went on, or take the
 * kept session for dead and come in anew.
 */
export type Decision = 'again' | 'starting' | 'give_up' | 'look_for_successor' | 'new_session';

/** A nest this young may not have been stored yet. */
export const YOUNG_MS = 30_000;
/** How long the app comes back by itself before it asks the person. */
const GIVE_UP_MS = 300_000;
/** Tries at LiveKit before the first join is called impossible. */
const FIRST_TRIES = 4;
/** A record that went missing while we were in may be under repair for this long. */
const REPAIR_MS = 10_000;

/** The table of setbacks: (what went wrong × were we in) → what to do. Successors are looked for before this is asked about a 404. */
export function decide(cause: unknown, standing: Standing): Decision {
  if (cause instanceof LinkError) return decideLink(cause, standing);
  if (!(cause instanceof ApiError)) return 'give_up';
  const patient = standing.everIn && standing.tryingForMs < GIVE_UP_MS;
  switch (cause.status) {
    case 401:
      return cause.code.startsWith('auth_') || standing.tries > 3 ? 'give_up' : 'new_session';
    case 404:
      return decideMissing(standing);
    case 429:
      return patient ? 'again' : 'give_up';
    case 503:
      return patient || (cause.code === 'recovering' && standing.tryingForMs < YOUNG_MS)
        ? 'again'
        : 'give_up';
    default:
      return patient && (cause.status === 0 || cause.status >= 500) ? 'again' : 'give_up';
  }
}

function decideMissing(standing: Standing): Decision {
  if (!standing.everIn) return standing.ageMs < YOUNG_MS ? 'starting' : 'look_for_successor';
  return standing.tryingForMs < REPAIR_MS ? 'again' : 'look_for_successor';
}

function decideLink(cause: LinkError, standing: Standing): Decision {
  if (standing.everIn) return standing.tryingForMs < GIVE_UP_MS ? 'again' : 'give_up';
  return cause.because !== 'aborted' && standing.tries < FIRST_TRIES ? 'again' : 'give_up';
}
