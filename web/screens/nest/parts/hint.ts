import type { Role } from '@nests/protocol/roles';
import type { Connection, MicrophoneView } from '../../../nest/session-types.ts';

/** A condition that the person should know about, for as long as it lasts. One is shown at a time. */
export type Hint =
  | 'audio_blocked'
  | 'reconnecting'
  | 'disconnected'
  | 'microphone_refused'
  | 'microphone_missing'
  | 'microphone_failed'
  | 'microphone_silent'
  | 'talking_while_muted'
  | 'deafened'
  | 'alone';

/** What decides about the hint. */
export interface HintFacts {
  connection: Connection;
  audioBlocked: boolean;
  deafened: boolean;
  microphone: MicrophoneView;
  role: Role;
  /** Heads in the nest; null = not known. */
  count: number | null;
}

/** The one hint that matters most now, or null. What stops everything else from working comes first. */
export function hintFor(facts: HintFacts): Hint | null {
  const { microphone } = facts;
  if (facts.connection === 'disconnected') return 'disconnected';
  if (facts.connection === 'reconnecting') return 'reconnecting';
  if (facts.audioBlocked) return 'audio_blocked';
  if (microphone.problem !== null) return `microphone_${microphone.problem}`;
  if (microphone.talkingWhileMuted && microphone.actual !== 'live') return 'talking_while_muted';
  if (facts.deafened) return 'deafened';
  if (facts.role === 'host' && facts.count !== null && facts.count <= 1) return 'alone';
  return null;
}

/** A browser whose way to allow a microphone is described. */
export type BrowserKind = 'chromium' | 'firefox' | 'safari' | 'other';

/** Which browser this is, by its user agent; only for words of help. */
export function browserKind(userAgent: string): BrowserKind {
  if (/firefox|fxios/i.test(userAgent)) return 'firefox';
  if (/chrome|chromium|crios|edg\//i.test(userAgent)) return 'chromium';
  return /safari/i.test(userAgent) ? 'safari' : 'other';
}
