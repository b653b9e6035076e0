import { Connection } from './connection.ts';
import { percentiles } from './percentiles.ts';

/** A request and when it arrives. */
export interface Arrival {
  /** ms after the start */
  at: number;
  /** a complete HTTP text */
  request: string;
}

/** Connections that are open before the first request; more are opened when all are busy. */
const CONNECTIONS = 64;
/** A timer may be late by this much, in ms; nearer arrivals are sent in the same turn. */
const NEAR_MS = 0.5;

/**
 * Sends each request at its own time, whether the ones before it were answered or not. Its latency counts from the time at which it was
 * to arrive, so that a server which stalls, and a load that is late because of it, make the figures worse and never better.
 * @param arrivalsInOrder the earliest first
 * @returns ms: median, 99th percentile and longest; the most that were under way at once
 * @throws Error at an answer that is not 200
 */
export async function openLoop(
  port: number,
  arrivalsInOrder: Arrival[],
): Promise<{ p50: number; p99: number; max: number; most: number }> {
  const idle = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
  const times = new Float64Array(arrivalsInOrder.length);
  const underWay: Promise<void>[] = [];
  let busy = 0;
  let most = 0;
  const started = performance.now();
  const send = async (index: number, { at, request }: Arrival): Promise<void> => {
    busy += 1;
    most = Math.max(most, busy);
    const connection = idle.pop() ?? (await Connection.open(port));
    const { status, body } = await connection.send(request);
    times[index] = performance.now() - started - at;
    busy -= 1;
    idle.push(connection);
    if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 200)}`);
  };
  for (const [index, arrival] of arrivalsInOrder.entries()) {
    const wait = arrival.at - (performance.now() - started);
    if (wait > NEAR_MS) await new Promise((resolve) => setTimeout(resolve, wait));
    const sending = send(index, arrival);
    sending.catch(() => undefined); // awaited, with all others, below
    underWay.push(sending);
  }
  await Promise.all(underWay);
  for (const connection of idle) connection.close();
  return { ...percentiles(times), most };
}
