import type { DiagnosisCode } from './task-types.ts';

/** How a call went: the HTTP status, or 0 for no answer; null = it was not made. */
export type Answer = { status: number; code?: string } | null;

/** What the steps have found; null = not looked at. */
export interface Findings {
  health: Answer;
  /** Names of the server's parts that are down. */
  partsDown: readonly string[];
  /** Null also where the diagnostics run without a nest. */
  info: Answer;
  guest: Answer;
  /** Whether LiveKit could be signalled with a token, and whether audio got through. */
  signalling: boolean | null;
  media: boolean | null;
  /** The nest's event names this server and this id. */
  eventMatches: boolean | null;
  /** Seconds between the two clocks, either way. */
  clockOffS: number | null;
  microphoneRefused: boolean;
}

/** NIP-98 is checked within a minute. */
const CLOCK_TOLERANCE_S = 50;

/**
 * One diagnosis for what was found, the cause before its symptoms: a server that is down explains every other failure, a nest that does not
 * exist explains the missing token, and so on down to the microphone. The rows are those of the contract's table.
 */
export function diagnose(found: Findings): DiagnosisCode {
  if (isDown(found.health)) return 'api_down';
  if (found.partsDown.length > 0) return 'dependency_down';
  const nest = diagnoseNest(found);
  if (nest) return nest;
  if (found.signalling === false) return 'signalling_down';
  if (found.media === false) return 'firewall';
  if (found.clockOffS !== null && found.clockOffS > CLOCK_TOLERANCE_S) return 'clock_off';
  if (found.microphoneRefused) return 'microphone_refused';
  return found.info === null ? 'no_nest' : 'all_good';
}

function isDown(health: Answer): boolean {
  return health !== null && health.status !== 200;
}

function diagnoseNest({ info, guest, eventMatches }: Findings): DiagnosisCode | null {
  if (info === null) return null;
  if (info.status === 410) return 'nest_ended';
  if (info.status === 404) return eventMatches === false ? 'wrong_server' : 'never_stored';
  if (info.status === 429) return 'too_many_tries';
  // The server's health was good a moment ago, and now it answers no more.
  if (info.status === 0 || info.status >= 500) return 'api_down';
  return info.status === 200 ? diagnoseGuest(guest) : null;
}

function diagnoseGuest(guest: Answer): DiagnosisCode | null {
  if (!guest) return null;
  if (guest.status === 429) return 'too_many_tries';
  if (guest.status === 403) return 'guests_not_allowed';
  if (guest.status === 410) return 'nest_ended';
  if (guest.status === 0 || guest.status === 404 || guest.status >= 500) return 'token_trouble';
  return null;
}
