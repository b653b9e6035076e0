import { createServer, type Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { App } from './parts.ts';

/** Upper bounds of the duration buckets, in seconds. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface Duration {
  /** how many requests fell into each bucket; the last one has no bound */
  counts: number[];
  sumS: number;
}

/** Reads a number at the moment somebody asks for the metrics, once per set of labels. */
export type Gauge = () => { labels?: Record<string, string>; value: number }[];

/** What an operator's Prometheus reads. Labels are routes and codes, never ids, keys or addresses. */
export class Metrics {
  private readonly requests = new Map<string, number>();
  private readonly durations = new Map<string, Duration>();
  private readonly gauges: { name: string; type: string; help: string; read: Gauge }[] = [];
  private readonly delay = monitorEventLoopDelay({ resolution: 20 });

  constructor(version: string) {
    this.delay.enable();
    this.add('nests_build_info', 'gauge', 'The version that runs', () => [{ labels: { version }, value: 1 }]);
    this.add('process_resident_memory_bytes', 'gauge', 'Memory of this process', () => [
      { value: process.memoryUsage.rss() },
    ]);
    this.add('process_cpu_seconds_total', 'counter', 'Processor time of this process', () => {
      const { user, system } = process.cpuUsage();
      return [{ value: (user + system) / 1e6 }];
    });
    this.add('nests_event_loop_delay_p99_seconds', 'gauge', 'How late the event loop is', () => {
      const value = this.delay.percentile(99) / 1e9;
      this.delay.reset();
      return [{ value }];
    });
  }

  /** Adds a number that is read when somebody asks. */
  add(name: string, type: 'gauge' | 'counter', help: string, read: Gauge): void {
    this.gauges.push({ name, type, help, read });
  }

  /** Counts one finished request. */
  observe(method: string, route: string, status: number, ms: number): void {
    const request = `method="${method}",route="${route}",status="${status}"`;
    this.requests.set(request, (this.requests.get(request) ?? 0) + 1);
    const key = `method="${method}",route="${route}"`;
    let duration = this.durations.get(key);
    if (!duration) {
      duration = { counts: Array<number>(BUCKETS_S.length + 1).fill(0), sumS: 0 };
      this.durations.set(key, duration);
    }
    const seconds = ms / 1000;
    let bucket = 0;
    while (seconds > (BUCKETS_S[bucket] ?? Infinity)) bucket++;
    duration.counts[bucket] = (duration.counts[bucket] ?? 0) + 1;
    duration.sumS += seconds;
  }

  /** Everything in the Prometheus text format. */
  text(): string {
    const lines: string[] = [];
    const head = (name: string, type: string, help: string) =>
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { name, type, help, read } of this.gauges) {
      head(name, type, help);
      for (const { labels = {}, value } of read()) lines.push(`${name}${labelsOf(labels)} ${value}`);
    }
    head('nests_http_requests_total', 'counter', 'Requests that were answered');
    for (const [labels, count] of this.requests) lines.push(`nests_http_requests_total{${labels}} ${count}`);
    head('nests_http_request_duration_seconds', 'histogram', 'How long answers took');
    for (const [labels, duration] of this.durations) lines.push(...histogram(labels, duration));
    return `${lines.join('\n')}\n`;
  }
}

function histogram(labels: string, { counts, sumS }: Duration): string[] {
  const name = 'nests_http_request_duration_seconds';
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return `${name}_bucket{${labels},le="${BUCKETS_S[index] ?? '+Inf'}"} ${total}`;
  });
  return [...buckets, `${name}_sum{${labels}} ${sumS}`, `${name}_count{${labels}} ${total}`];
}

function labelsOf(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, '_')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** `GET /metrics` beside the API, for development; in production it has a port of its own. */
export function metricsRoutes(app: App, metrics: Metrics): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(TYPE).send(metrics.text()),
  );
}

/** `GET /metrics` on a port of its own, for those inside only. */
export async function serveMetrics(
  metrics: Metrics,
  { port, host }: { port: number; host: string },
): Promise<Server> {
  const server = createServer((request, reply) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void reply.writeHead(404).end();
    reply.writeHead(200, { 'content-type': TYPE }).end(metrics.text());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
