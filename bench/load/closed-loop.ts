import { Connection } from './connection.ts';
import { percentiles } from './percentiles.ts';
import { processTime, type Running } from './processes.ts';

/** How many connections a closed loop has, each with one request under way. */
const CONNECTIONS = 32;

/** What one measured stretch found. */
export interface Measured {
  requestsPerSecond: number;
  /** ms */
  p50: number;
  /** ms */
  p99: number;
  /** how much of its core the server used, 0 to 1: far from 1, something else was what held it up */
  busy: number;
  /** how much of its core the load used, 0 to 1; it shares that with Redis and LiveKit */
  load: number;
}

/**
 * Sends the prepared requests as fast as the server answers, each connection one at a time.
 * @param requests complete HTTP texts; each is sent once
 * @throws Error at the first answer that is not 200: a benchmark of refusals would flatter
 */
export async function closedLoop(
  { port, pid }: Pick<Running, 'port' | 'pid'>,
  requests: string[],
): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
  const times = new Float64Array(requests.length);
  let next = 0;
  const workBefore = await processTime(pid);
  const loadBefore = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      for (let index = next++; index < requests.length; index = next++) {
        const sent = performance.now();
        const answer = await connection.send(requests[index] ?? '');
        times[index] = performance.now() - sent;
        if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 200)}`);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const busy = ((await processTime(pid)) - workBefore) / 1e6 / seconds;
  const { user, system } = process.cpuUsage(loadBefore);
  const load = (user + system) / 1e6 / seconds;
  for (const connection of open) connection.close();
  return { requestsPerSecond: requests.length / seconds, ...percentiles(times), busy, load };
}
