import { Connection } from './connection.ts';
import { percentiles } from './percentiles.ts';

/** How many connections a closed loop has, each with one request under way. */
const CONNECTIONS = 32;

/** What one measured stretch found. */
export interface Measured {
  requestsPerSecond: number;
  /** ms */
  p50: number;
  /** ms */
  p99: number;
}

/**
 * Sends the prepared requests as fast as the server answers, each connection one at a time.
 * @param requests complete HTTP texts; each is sent once
 * @throws Error at the first answer that is not 200: a benchmark of refusals would flatter
 */
export async function closedLoop(port: number, requests: string[]): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
  const times = new Float64Array(requests.length);
  let next = 0;
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
  for (const connection of open) connection.close();
  return { requestsPerSecond: requests.length / seconds, ...percentiles(times) };
}
