import type { Domain } from './nests/nests.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds of the duration buckets, in seconds. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** A census older than this, in ms, is another replica's business: that one sweeps now. */
const CENSUS_MS = 30_000;

/**
 * Refusals that are no fault of whoever asks. They are shown as 0 from the start: a series that begins with its first
 * failure has not increased, so no alert would see that one.
 */
const OUR_FAULTS = ['internal', 'token_failed', 'store_unavailable', 'livekit_unavailable', 'recovering'];
const JOIN_KINDS = ['signed', 'session', 'guest', 'renewal'] as const;

/** A number, or several that differ in their labels, read at the moment somebody asks for the metrics. */
export type Reading = { labels?: Record<string, string>; value: number }[];

/** How often something took how long. */
export class Duration {
  /** how many fell into each bucket, not added up; the last bucket has no bound */
  readonly counts: number[] = Array<number>(BUCKETS_S.length + 1).fill(0);
  sumS = 0;

  /** One more took so many seconds. */
  took(seconds: number): void {
    let bucket = 0;
    while (seconds > (BUCKETS_S[bucket] ?? Infinity)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumS += seconds;
  }
}

/** A histogram whose counting costs next to nothing: prom-client's own puts its labels together at every observation. */
export class Durations extends Histogram {
  /** one without numbers, for everything else that prom-client wants to know of a histogram */
  readonly #about: Histogram;
  readonly #all: { labels: Record<string, string>; duration: Duration }[] = [];

  constructor(name: string, help: string, labelNames: string[], registry: Registry) {
    super({ name, help, labelNames, buckets: BUCKETS_S, registers: [registry] });
    this.#about = new Histogram({ name, help, labelNames, registers: [] });
  }

  /** One more series. Whoever counts keeps it; asking again makes another one. */
  with(labels: Record<string, string>): Duration {
    const duration = new Duration();
    this.#all.push({ labels, duration });
    return duration;
  }

  /** What prom-client asks for where it answers in JSON. */
  override async get(): ReturnType<Histogram['get']> {
    const about = await this.#about.get();
    const { name } = about;
    const values = this.#all.flatMap(({ labels, duration: { counts, sumS } }) => {
      let total = 0;
      const buckets = counts.map((count, index) => {
        total += count;
        const le = String(BUCKETS_S[index] ?? '+Inf');
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sumS },
        { metricName: `${name}_count`, labels, value: total },
      ];
    });
    return { ...about, values };
  }

  /** What prom-client asks for where it answers in text. */
  getForPromString(): ReturnType<Histogram['get']> {
    return this.get();
  }
}

/** What one route was asked and how it answered. */
interface RouteTally {
  duration: Duration;
  statuses: Map<number, number>;
}

/** A finished request, as far as it is counted. */
export interface FinishedRequest {
  method: string;
  /** the route's pattern, never the address itself */
  route: string;
  status: number;
  seconds: number;
}

/** Somebody who wanted in: how, and with which success (`ok`, or the code of the refusal). */
export interface JoinTried {
  kind: (typeof JOIN_KINDS)[number];
  outcome: string;
}

/** What an operator's Prometheus reads. Labels are routes, calls and codes, never ids, keys or addresses. */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #routes = new Map<string, Map<string, RouteTally>>();
  readonly #joins = new Map(
    JOIN_KINDS.map((kind) => [kind, new Map(OUR_FAULTS.map((outcome) => [outcome, 0]))]),
  );
  readonly #requestTimes: Durations;

  constructor(version: string) {
    this.#requestTimes = this.durations('nests_http_request_duration_seconds', 'How long answers took', [
      'method',
      'route',
    ]);
    this.add(
      'counter',
      'nests_http_requests_total',
      'Requests that were answered',
      ['method', 'route', 'status'],
      () => this.#requests(),
    );
    this.add('counter', 'nests_joins_total', 'People who wanted in', ['kind', 'outcome'], () =>
      [...this.#joins].flatMap(([kind, outcomes]) =>
        [...outcomes].map(([outcome, value]) => ({ labels: { kind, outcome }, value })),
      ),
    );
    this.add('gauge', 'nests_build_info', 'The version that runs', ['version'], () => [
      { labels: { version }, value: 1 },
    ]);
  }

  /** Adds a number that is read when somebody asks. */
  add(
    type: 'gauge' | 'counter',
    name: string,
    help: string,
    labelNames: string[],
    read: () => Reading | Promise<Reading>,
  ): void {
    const options = { name, help, labelNames, registers: [this.#registry] };
    if (type === 'gauge') {
      new Gauge({
        ...options,
        async collect() {
          this.reset();
          if (labelNames.length === 0) this.remove({}); // or there would be a 0 where nothing is known
          for (const { labels = {}, value } of await read()) this.set(labels, value);
        },
      });
      return;
    }
    new Counter({
      ...options,
      async collect() {
        this.reset();
        if (labelNames.length === 0) this.remove({});
        for (const { labels = {}, value } of await read()) this.inc(labels, value);
      },
    });
  }

  /** Adds durations; their series are made with {@link Durations.with}. */
  durations(name: string, help: string, labelNames: string[]): Durations {
    return new Durations(name, help, labelNames, this.#registry);
  }

  /** Adds what Node tells about this process: memory, processor time, how late the event loop is. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Counts one finished request. */
  request({ method, route, status, seconds }: FinishedRequest): void {
    let methods = this.#routes.get(route);
    if (!methods) this.#routes.set(route, (methods = new Map<string, RouteTally>()));
    let tally = methods.get(method);
    if (!tally) {
      // From a route's first request on, 500 is shown as 0, for the same reason as the faults of joins.
      tally = { duration: this.#requestTimes.with({ method, route }), statuses: new Map([[500, 0]]) };
      methods.set(method, tally);
    }
    tally.duration.took(seconds);
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
  }

  /** Counts somebody who wanted in. */
  join({ kind, outcome }: JoinTried): void {
    const outcomes = this.#joins.get(kind);
    outcomes?.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  /** Everything in the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #requests(): Reading {
    return [...this.#routes].flatMap(([route, methods]) =>
      [...methods].flatMap(([method, { statuses }]) =>
        [...statuses].map(([status, value]) => ({
          labels: { method, route, status: String(status) },
          value,
        })),
      ),
    );
  }
}

/**
 * Adds what the domain knows. Nests and people are counted by the replica that sweeps, and by that one only, so that
 * the sum over all replicas is true.
 */
export function countDomain(
  metrics: Metrics,
  { sweep, repairs }: { sweep: Pick<Domain['sweep'], 'census'>; repairs: Domain['repairs'] },
  now: () => number = Date.now,
): void {
  const census = () => {
    const { census: found } = sweep;
    return found && now() - found.at < CENSUS_MS ? found : undefined;
  };
  metrics.add('counter', 'nests_repairs_total', 'What this server repaired by itself', ['kind'], () =>
    Object.entries(repairs).map(([kind, value]) => ({ labels: { kind }, value })),
  );
  metrics.add('gauge', 'nests_nests', 'Nests, by where they are in their life', ['state'], () =>
    Object.entries(census()?.nests ?? {}).map(([state, value]) => ({ labels: { state }, value })),
  );
  metrics.add('gauge', 'nests_participants', 'People inside nests', [], () => {
    const found = census();
    return found ? [{ value: found.participants }] : [];
  });
  metrics.add(
    'gauge',
    'nests_sweep_age_seconds',
    'How long ago this replica compared the store with LiveKit',
    [],
    () => (sweep.census ? [{ value: (now() - sweep.census.at) / 1000 }] : []),
  );
}
