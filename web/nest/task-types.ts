import type { NestAddress } from '@nests/protocol/address';
import type { ReadableAtom } from 'nanostores';

import type { NestFailure } from './session-types.ts';

/** What the person typed into "Create nest". */
export interface NestForm {
  title: string;
  summary?: string;
  image?: string;
  color?: string;
  hashtags: string[];
  /** Where the event is announced, 1–10. */
  relays: string[];
  /** Unix seconds, in the future: a planned nest. */
  starts?: number;
  hlsStream: boolean;
  access: 'public' | 'invite';
  guests: boolean;
}

/** How one step of making a nest stands. */
export type StepState = 'waiting' | 'working' | 'done' | 'failed';

/** The steps of "Create nest": room, announcement on each relay, ready. A relay that fails does not stop the rest. */
export interface CreateProgress {
  room: StepState;
  /** `message` = the relay's own words; else `messageKey`, where it was never asked; with neither it did not answer. */
  relays: { relay: string; state: StepState; message?: string; messageKey?: 'create:relayUnsigned' }[];
  /** `done` when the nest can be entered, even where no relay took the announcement (`announced` says so). */
  ready: StepState;
  announced: boolean;
  roomId: string | null;
  address: NestAddress | null;
  failure: NestFailure | null;
}

/** A nest being made. `done` never rejects; it ends with the last value of `$progress`. */
export interface Creation {
  readonly $progress: ReadableAtom<CreateProgress>;
  readonly done: Promise<CreateProgress>;
}

/** One row of the diagnostics page. Texts: `diagnostics:step.<id>`. */
export interface DiagnosticStep {
  id:
    | 'health'
    | 'info'
    | 'guest'
    | 'token'
    | 'signalling'
    | 'media'
    | 'event'
    | 'clock'
    | 'microphone'
    | 'server';
  state: 'waiting' | 'running' | 'good' | 'bad' | 'skipped';
  ms: number | null;
  /** A plain fact in English for the report: "HTTP 404", "UDP and TCP", "1.2 s apart". */
  fact: string | null;
}

/** One diagnosis, texts `diagnostics:diagnosis.<code>.title` and `.next`. */
export type DiagnosisCode =
  | 'all_good'
  | 'token_trouble'
  | 'guests_not_allowed'
  | 'too_many_tries'
  | 'never_stored'
  | 'nest_ended'
  | 'wrong_server'
  | 'dependency_down'
  | 'api_down'
  | 'firewall'
  | 'signalling_down'
  | 'clock_off'
  | 'microphone_refused'
  | 'no_nest';

/** What a run of the diagnostics found so far. */
export interface DiagnosticsReport {
  steps: DiagnosticStep[];
  running: boolean;
  /** For the summary toast: Room exists: ✅|❌ | Guest access: ✅|❌ ; null until known. */
  roomExists: boolean | null;
  guestAccess: boolean | null;
  diagnosis: DiagnosisCode | null;
  /** Values for the diagnosis' texts: the dependency that is down, ports, the other server. */
  values: Record<string, string | number>;
  /** The report to copy; complete when `running` is false. Holds no secret. */
  text: string;
}

/** A run of the diagnostics. */
export interface Diagnostics {
  readonly $report: ReadableAtom<DiagnosticsReport>;
  readonly done: Promise<DiagnosticsReport>;
  cancel(): void;
}
