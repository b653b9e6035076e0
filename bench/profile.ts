import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { closedLoop } from './load/closed-loop.ts';
import { openNest } from './load/nest.ts';
import { temporaryFolder } from './load/processes.ts';
import { startLiveKit, startNests, startRedis } from './load/servers.ts';
import { getRequest, joinPath, signedJoins } from './load/signed.ts';
import { say, sizeFrom } from './report.ts';

const SIGNED = sizeFrom('BENCH_SIGNED', 12_000);
const PLAIN = sizeFrom('BENCH_PLAIN', 40_000);
/** How many functions are shown. */
const SHOWN = 25;
const SHOWN_PACKAGES = 12;

/** What V8 writes with `--cpu-prof`; times in µs of the machine's monotonic clock. */
interface CpuProfile {
  startTime: number;
  nodes: { id: number; callFrame: CallFrame }[];
  samples: number[];
  timeDeltas: number[];
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

type MakeRequests = (port: number, nest: string, share: number) => Promise<string[]>;

const plain =
  (what: 'guest' | 'info'): MakeRequests =>
  async (_, nest, share) =>
    Array.from<string>({ length: Math.ceil(PLAIN * share) }).fill(getRequest(`${joinPath(nest)}/${what}`));

const KINDS: Record<string, MakeRequests> = {
  'signed join': (port, nest, share) => signedJoins(port, nest, Math.ceil(SIGNED * share)),
  'guest join': plain('guest'),
  'room info': plain('info'),
};

/** Prints where the main thread of the API spends its time, for each kind of request. With Redis. */
export async function printProfiles(): Promise<void> {
  const [redis, livekit] = await Promise.all([startRedis(), startLiveKit()]);
  for (const [kind, requests] of Object.entries(KINDS)) {
    const folder = await temporaryFolder();
    const node = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
    const api = await startNests({ livekit, redis, node });
    const { id } = await openNest(api.port);
    await closedLoop(api, await requests(api.port, id, 1 / 4));
    const prepared = await requests(api.port, id, 1);
    const from = monotonic();
    await closedLoop(api, prepared);
    const to = monotonic();
    await api.stop();
    say(`${kind}: self time of the main thread, µs a request`);
    print(await readProfile(folder), from, to, prepared.length);
  }
  for (const part of [livekit, redis]) await part.stop();
}

const monotonic = (): number => Number(process.hrtime.bigint() / 1000n);

/** The main thread's profile; other threads have another number in their file's name. */
async function readProfile(folder: string): Promise<CpuProfile> {
  const name = (await readdir(folder)).find((file) => /^CPU\.\d+\.\d+\.\d+\.0\.\d+\.cpuprofile$/.test(file));
  if (name === undefined) throw new Error('the API left no profile');
  return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as CpuProfile;
}

function print(profile: CpuProfile, from: number, to: number, requests: number): void {
  const functions = selfTimes(profile, from, to, ({ functionName, url, lineNumber }) => {
    const name = functionName === '' ? '(anonymous)' : functionName;
    return url === '' ? name : `${name}  ${placeOf(url)}:${lineNumber + 1}`;
  });
  const packages = selfTimes(profile, from, to, packageOf);
  for (const [title, times, shown] of [
    ['by package', packages, SHOWN_PACKAGES],
    ['by function', functions, SHOWN],
  ] as const) {
    console.log(`         ${title}`);
    for (const [name, time] of times.slice(0, shown)) {
      const share = ((time / (to - from)) * 100).toFixed(1);
      console.log(`${(time / requests).toFixed(1).padStart(7)}  ${share.padStart(5)} %  ${name}`);
    }
  }
}

/** µs between two moments, summed by what `nameOf` says, the most first. */
function selfTimes(
  { startTime, nodes, samples, timeDeltas }: CpuProfile,
  from: number,
  to: number,
  nameOf: (frame: CallFrame) => string,
): [string, number][] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  let at = startTime;
  for (const [index, node] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    at += delta;
    if (at < from || at > to) continue;
    const name = names.get(node) ?? '(unknown)';
    spent.set(name, (spent.get(name) ?? 0) + delta);
  }
  return [...spent].sort(([, a], [, b]) => b - a);
}

/** An address without what differs from machine to machine. */
function placeOf(url: string): string {
  return url.replace(/^.*\/node_modules\//, '').replace(/^file:\/\/.*\/(api\/)/, '$1');
}

/** The package a function belongs to, or what else it is of. */
function packageOf({ functionName, url }: CallFrame): string {
  if (url.startsWith('node:')) return 'Node, in JavaScript';
  if (url.startsWith('wasm:')) return 'WebAssembly';
  if (url === '') return functionName.startsWith('(') ? functionName : 'Node, native';
  return /^(@[^/]+\/)?[^/]+/.exec(placeOf(url))?.[0] ?? url;
}
