import { closedLoop } from './load/closed-loop.ts';
import { openNest } from './load/nest.ts';
import { CORES, mainThreadTime, ROOT, runProgram, type Running } from './load/processes.ts';
import { startLiveKit, startNests, startRedis } from './load/servers.ts';
import { signedJoins } from './load/signed.ts';
import { say, sizeFrom, type Figure } from './report.ts';

const JOINS = sizeFrom('BENCH_SIGNED', 12_000);
/** µs (TARGETS P6) */
const TARGET = 130;

/** What a signed join costs the main thread of the API beside the signature check, with either store (TARGETS P6). */
export async function measureMainThread(): Promise<Figure[]> {
  say('main thread: starting Redis and LiveKit');
  const [redis, livekit] = await Promise.all([startRedis(), startLiveKit()]);
  const figures = [
    await measure('P6 beside the check, Redis', () => startNests({ livekit, redis })),
    await measure('P6 beside the check, embedded store', () => startNests({ livekit })),
  ];
  for (const part of [livekit, redis]) await part.stop();
  return figures;
}

async function measure(what: string, startServer: () => Promise<Running>): Promise<Figure> {
  const server = await startServer();
  const { id } = await openNest(server.port);
  await closedLoop(server, await signedJoins(server.port, id, Math.ceil(JOINS / 3)));
  const checkBefore = await signatureCheck();
  const requests = await signedJoins(server.port, id, JOINS);
  const before = await mainThreadTime(server.pid);
  await closedLoop(server, requests);
  const whole = ((await mainThreadTime(server.pid)) - before) / JOINS;
  const check = (checkBefore + (await signatureCheck())) / 2;
  await server.stop();
  const because = `${whole.toFixed(0)} µs a join, ${check.toFixed(0)} µs of them the signature check`;
  say(`${what}: ${(whole - check).toFixed(0)} µs (${because})`);
  return { what, found: whole - check, unit: 'µs', target: TARGET, wanted: 'at most', because };
}

/** µs of processor time, on the core of the API while that has nothing to do. */
async function signatureCheck(): Promise<number> {
  const script = `${ROOT}/bench/load/signature-cost.ts`;
  const words = [process.execPath, '--import', 'tsx', script, String(Math.ceil(JOINS / 2))];
  const cost = Number(await runProgram(CORES.measured, words));
  if (!(cost > 0)) throw new Error('the signature check was not measured');
  return cost;
}
