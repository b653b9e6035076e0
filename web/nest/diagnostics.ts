import type { GuestReply } from '@nests/protocol/api';
import { atom } from 'nanostores';

import { ApiError } from '../api/error.ts';
import { LinkError } from '../media/media-types.ts';
import { type Answer, diagnose, type Findings } from './diagnosis.ts';
import type { NestPorts } from './ports.ts';
import { liveKitUrl } from './seat.ts';
import type { DiagnosticsReport, Diagnostics, DiagnosticStep } from './task-types.ts';

/** What a run of the diagnostics needs. */
export interface DiagnosticsOptions {
  /** Absent on the diagnostics page without a nest. */
  roomId?: string;
  /** The service that the nest's event names, where there is an event. */
  eventService?: string;
  /** Whose nest it is, where that is known: anybody may publish an event with its id. */
  host?: string;
  ports: Pick<NestPorts, 'api' | 'clock' | 'around' | 'loadMedia' | 'publicUrl' | 'nostr'>;
  /** The browser's word on the microphone; absent where it gives none. */
  microphonePermission?: () => Promise<PermissionState>;
  version: string;
}

const ALWAYS: DiagnosticStep['id'][] = ['health', 'clock', 'microphone'];
const WITH_A_NEST: DiagnosticStep['id'][] = [
  'health',
  'info',
  'guest',
  'token',
  'signalling',
  'media',
  'event',
  'clock',
  'microphone',
  'server',
];
/** What `npm start` and the Compose file use; the operator's own ports are in their documentation. */
const DEFAULT_PORTS = { udp: 7882, tcp: 7881 };

/** Look at everything, step by step, and say what is wrong and what to do. Nothing in the report is secret. */
export function runDiagnostics(options: DiagnosticsOptions): Diagnostics {
  const run = new Run(options);
  return { $report: run.$report, done: run.start(), cancel: () => run.cancel() };
}

/** The outcome of one step. */
type Outcome = { good: boolean | null; fact: string };

class Run {
  readonly $report;
  readonly #options: DiagnosticsOptions;
  readonly #abort = new AbortController();
  readonly #found: Findings = {
    health: null,
    partsDown: [],
    info: null,
    guest: null,
    signalling: null,
    media: null,
    eventMatches: null,
    clockOffS: null,
    microphoneRefused: false,
  };
  readonly #values: DiagnosticsReport['values'] = { ...DEFAULT_PORTS };
  #serverTime: number | null = null;
  #guest: GuestReply | null = null;
  #host: string | undefined;

  constructor(options: DiagnosticsOptions) {
    this.#options = options;
    this.#host = options.host;
    const ids = options.roomId === undefined ? ALWAYS : WITH_A_NEST;
    this.$report = atom<DiagnosticsReport>({
      steps: ids.map((id) => ({ id, state: 'waiting', ms: null, fact: null })),
      running: true,
      roomExists: null,
      guestAccess: null,
      diagnosis: null,
      values: {},
      text: '',
    });
  }

  cancel(): void {
    this.#abort.abort();
  }

  async start(): Promise<DiagnosticsReport> {
    const { roomId, ports } = this.#options;
    ports.around.log('🔧 Running API diagnostics', roomId === undefined ? {} : { roomId });
    for (const { id } of this.$report.get().steps) await this.#step(id);
    const diagnosis = diagnose(this.#found);
    this.#update({ running: false, diagnosis, values: this.#values });
    this.#update({ text: this.#asText() });
    ports.around.log('🔧 Diagnosis:', { diagnosis });
    return this.$report.get();
  }

  async #step(id: DiagnosticStep['id']): Promise<void> {
    const { clock, around } = this.#options.ports;
    if (this.#abort.signal.aborted) {
      this.#setStep(id, { state: 'skipped' });
      return;
    }
    this.#setStep(id, { state: 'running' });
    const began = clock.now();
    const outcome = await this.#look(id).catch((failure: unknown): Outcome => {
      return { good: false, fact: failure instanceof Error ? failure.message : 'failed' };
    });
    const ms = clock.now() - began;
    const state = outcome.good === null ? 'skipped' : outcome.good ? 'good' : 'bad';
    this.#setStep(id, { state, ms, fact: outcome.fact });
    around.log(`🔧 ${id}: ${state}`, { fact: outcome.fact, ms });
  }

  #look(id: DiagnosticStep['id']): Promise<Outcome> {
    const steps: Record<DiagnosticStep['id'], () => Promise<Outcome>> = {
      health: () => this.#health(),
      info: () => this.#info(),
      guest: () => this.#guestAccess(),
      token: () => this.#token(),
      signalling: () => this.#signalling(),
      media: async () => ({
        good: this.#found.media,
        fact: this.#found.media ? 'audio path is up' : 'no audio path',
      }),
      event: () => this.#event(),
      clock: () => this.#clockOff(),
      microphone: () => this.#microphone(),
      server: () => this.#server(),
    };
    return steps[id]();
  }

  async #health(): Promise<Outcome> {
    const { value, answer } = await asked(this.#options.ports.api.health(this.#abort.signal));
    this.#found.health = answer;
    if (!value) return { good: false, fact: factOf(answer) };
    this.#serverTime = Date.parse(value.timestamp);
    const down = Object.entries(value.checks).flatMap(([name, check]) => (check.ok ? [] : [name]));
    this.#found.partsDown = down;
    this.#values['parts'] = down.join(', ');
    this.#values['livekit'] = value.livekit;
    return { good: down.length === 0, fact: `${value.status}, version ${value.version}` };
  }

  async #info(): Promise<Outcome> {
    const { value, answer } = await asked(this.#options.ports.api.info(this.#roomId()));
    this.#found.info = answer;
    if (value && 'host' in value) this.#host = value.host;
    this.#update({ roomExists: value !== null });
    return { good: value !== null, fact: factOf(answer) };
  }

  async #guestAccess(): Promise<Outcome> {
    const { value, answer } = await asked(this.#options.ports.api.guest(this.#roomId()));
    this.#found.guest = answer;
    this.#guest = value;
    this.#update({ guestAccess: value !== null });
    return { good: value !== null, fact: factOf(answer) };
  }

  async #token(): Promise<Outcome> {
    if (!this.#guest) return { good: null, fact: 'no token to look at' };
    const { token } = this.#guest;
    // Whether LiveKit takes it is the next step's question.
    const good = typeof token === 'string' && token !== '';
    return { good, fact: `${typeof token}, ${token.length} characters` };
  }

  async #signalling(): Promise<Outcome> {
    const url = this.#guest && liveKitUrl(this.#guest.endpoints);
    if (!this.#guest || !url) return { good: null, fact: 'no token to try' };
    const media = await this.#options.ports.loadMedia();
    try {
      const link = await media.connect({ url, token: this.#guest.token, signal: this.#abort.signal });
      await link.close();
      this.#found.signalling = true;
      this.#found.media = true;
    } catch (failure) {
      const noMedia = failure instanceof LinkError && failure.because === 'no_media';
      this.#found.signalling = noMedia;
      this.#found.media = noMedia ? false : null;
    }
    return { good: this.#found.signalling, fact: url };
  }

  async #event(): Promise<Outcome> {
    const { ports, eventService } = this.#options;
    const all = await ports.nostr.nestsByD(this.#roomId(), 4_000).catch(() => []);
    const events = all.filter(({ address }) => address.host === (this.#host ?? address.host));
    const isHere = (name: string | undefined) => name === ports.publicUrl || name === ports.api.origin;
    // Where nobody knows whose nest it is, one event that names this server is enough.
    const { service = eventService } = events.find((event) => isHere(event.service)) ?? events[0] ?? {};
    if (service === undefined) return { good: events.length > 0, fact: `${events.length} events` };
    const matches = isHere(service);
    this.#found.eventMatches = matches;
    this.#values['service'] = service;
    return { good: matches, fact: `names ${service}` };
  }

  async #clockOff(): Promise<Outcome> {
    if (this.#serverTime === null) return { good: null, fact: 'the server did not tell its time' };
    const seconds = Math.round(Math.abs(this.#serverTime - this.#options.ports.clock.now()) / 1000);
    this.#found.clockOffS = seconds;
    this.#values['seconds'] = seconds;
    return { good: seconds < 50, fact: `${seconds} s apart` };
  }

  async #microphone(): Promise<Outcome> {
    const permission = await this.#options.microphonePermission?.().catch(() => null);
    if (!permission) return { good: null, fact: 'the browser does not say' };
    this.#found.microphoneRefused = permission === 'denied';
    return { good: permission !== 'denied', fact: permission };
  }

  async #server(): Promise<Outcome> {
    const { value, answer } = await asked(this.#options.ports.api.diagnostics(this.#roomId()));
    if (!value) return { good: false, fact: factOf(answer) };
    const { record, room } = value;
    const fact = `record ${presence(record)}, room ${presence(room)}`;
    return { good: record.present === true && room.present !== false, fact };
  }

  #roomId(): string {
    return this.#options.roomId ?? '';
  }

  #update(change: Partial<DiagnosticsReport>): void {
    this.$report.set({ ...this.$report.get(), ...change });
  }

  #setStep(id: DiagnosticStep['id'], change: Partial<DiagnosticStep>): void {
    this.#update({
      steps: this.$report.get().steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
    });
  }

  #asText(): string {
    const { steps, diagnosis } = this.$report.get();
    const { roomId, ports, version } = this.#options;
    return [
      `Nests ${version} diagnostics, ${new Date(ports.clock.now()).toISOString()}`,
      `Server: ${ports.api.origin}`,
      `Room ID: ${roomId ?? 'none'}`,
      ...steps.map(({ id, state, fact, ms }) => `${id}: ${state} (${fact ?? '-'}, ${ms ?? '-'} ms)`),
      `Diagnosis: ${diagnosis ?? 'none'}`,
    ].join('\n');
  }
}

async function asked<T>(call: Promise<T>): Promise<{ value: T | null; answer: Answer }> {
  try {
    return { value: await call, answer: { status: 200 } };
  } catch (failure) {
    if (failure instanceof ApiError)
      return { value: null, answer: { status: failure.status, code: failure.code } };
    throw failure;
  }
}

function factOf(answer: Answer): string {
  if (!answer) return 'not asked';
  return answer.status === 0 ? 'no answer' : `HTTP ${answer.status}${answer.code ? ` ${answer.code}` : ''}`;
}

/** Whether something is there, as the server says it: nothing where it could not look. */
function presence({ present }: { present?: boolean | undefined }): string {
  return present === undefined ? 'unknown' : present ? 'present' : 'missing';
}
