import type { Log } from './nests/ports.ts';
import type { Duration, Metrics } from './metrics.ts';

/** Told of every call that a port has answered. */
type Told = (call: string, given: unknown[], seconds: number, failed: boolean) => void;
type Method = (...given: unknown[]) => unknown;

/**
 * The same port, of which every call is told once its promise has settled. What it answers and throws goes through
 * untouched.
 */
export function observed<Port extends object>(port: Port, tell: Told): Port {
  const wrapped = new Map<string | symbol, Method>();
  return new Proxy(port, {
    get(target, name) {
      const known = wrapped.get(name);
      if (known) return known;
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function' || typeof name !== 'string') return found;
      const method = found.bind(target) as Method;
      const told: Method = async (...given) => {
        const startedAt = performance.now();
        let failed = true;
        try {
          const answer = await method(...given);
          failed = false;
          return answer;
        } finally {
          tell(name, given, (performance.now() - startedAt) / 1000, failed);
        }
      };
      wrapped.set(name, told);
      return told;
    },
  });
}

/** Which calls of a port change something, hence have a line at info; the others have one at debug. */
export interface PortAbout {
  metric: string;
  help: string;
  /** how lines about it begin */
  name: string;
  changes: ReadonlySet<string>;
  /** what a line may say of the arguments; never all of them, there are secrets among them */
  fields: (call: string, given: unknown[]) => object;
}

/** The store: its records' ids and revisions. */
export const STORE: PortAbout = {
  metric: 'nests_store_call_duration_seconds',
  help: 'How long the store took',
  name: 'Store',
  changes: new Set(['put', 'drop', 'claimSuccessor', 'setEpoch']),
  fields(call, [first]) {
    if (call === 'put') return isRecord(first) ? { nestId: first.id, rev: first.rev } : {};
    return ['get', 'drop', 'successor', 'claimSuccessor'].includes(call) ? { nestId: first } : {};
  },
};

/** LiveKit: the names of rooms. */
export const LIVEKIT: PortAbout = {
  metric: 'nests_livekit_call_duration_seconds',
  help: 'How long LiveKit took; token is made here, without asking it',
  name: 'LiveKit',
  changes: new Set(['createRoom', 'deleteRoom', 'setRole', 'muteMicrophone', 'remove']),
  fields: (_call, [first]) => (typeof first === 'string' ? { room: first } : {}),
};

/**
 * Measures every call of a port, and writes a line for it: calls that change something at info, the others (thousands a
 * second) at debug.
 */
export function watch(about: PortAbout, metrics: Metrics, log: Log, debug: boolean): Told {
  const times = metrics.durations(about.metric, about.help, ['call', 'outcome']);
  const known = { ok: new Map<string, Duration>(), failed: new Map<string, Duration>() };
  return (call, given, seconds, failed) => {
    const outcome = failed ? 'failed' : 'ok';
    let duration = known[outcome].get(call);
    if (!duration) known[outcome].set(call, (duration = times.with({ call, outcome })));
    duration.took(seconds);
    const isChange = about.changes.has(call);
    if (!isChange && !debug) return;
    const ms = Math.round(seconds * 1000);
    const fields = { call, ...about.fields(call, given), outcome, ms };
    if (isChange) log.info(`${about.name} call`, fields);
    else log.debug(`${about.name} call`, fields);
  };
}

function isRecord(given: unknown): given is { id: string; rev: number } {
  return typeof given === 'object' && given !== null && 'id' in given && 'rev' in given;
}
