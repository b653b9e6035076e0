import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** A server under test or beside it. */
export interface Running {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** How a server is started. */
export interface Program {
  core: Core;
  program: string;
  words: string[];
  env: Record<string, string>;
  port: number;
  /** an address that answers when the server is ready; null: it is when it accepts a connection */
  probe: string | null;
}

/** The two cores: the server that is measured has one for itself, everything else shares the other. */
export const CORES = { measured: '0', beside: '1' } as const;
/** One of the two cores. */
export type Core = (typeof CORES)[keyof typeof CORES];

/** The root of the sources. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

const children = new Set<ChildProcess>();
const folders: string[] = [];

/** Keeps this process, the load, off the core that is measured. */
export function stayBeside(): void {
  const { status, stderr } = spawnSync('taskset', ['-a', '-c', '-p', CORES.beside, String(process.pid)]);
  if (status !== 0) throw new Error(`two cores are needed: ${String(stderr).trim()}`);
}

/** A folder that is gone when this run ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nests-bench-'));
  folders.push(folder);
  return folder;
}

/** Ends everything that this run started, at once, and removes what it left on the disk. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/**
 * Starts a server and waits until it answers.
 * @throws Error when it ends before that, or does not answer within 30 s
 */
export async function startProgram(program: Program): Promise<Running> {
  const { core, port, probe } = program;
  const child = spawn('taskset', ['-c', core, program.program, ...program.words], {
    env: { PATH: process.env['PATH'], HOME: homedir(), ...program.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(child);
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      children.delete(child);
      resolve();
    }),
  );
  await answers(port, probe, child);
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/**
 * Runs a program to its end on one core, its input from `input`.
 * @returns what it wrote
 * @throws Error when it ends badly
 */
export function runProgram(
  core: Core,
  words: string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', core, ...words], {
      env: { PATH: process.env['PATH'], HOME: homedir(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.add(child);
    let output = '';
    let problem = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (problem += part));
    child.once('error', reject);
    child.once('close', (code) => {
      children.delete(child);
      if (code === 0) resolve(output);
      else reject(new Error(`${words.slice(0, 4).join(' ')} ended with ${code}: ${problem.slice(0, 400)}`));
    });
    child.stdin.on('error', () => undefined); // it ended early; its exit code says why
    child.stdin.end(input);
  });
}

/** Processor time that the main thread of a process has used so far, in µs. */
export async function mainThreadTime(pid: number): Promise<number> {
  const [ran = ''] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(ran) / 1000;
}

/** Processor time that all threads of a process have used so far, in µs; exact to 10 ms. */
export async function processTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) * TICK_US;
}

/** The unit of `/proc/<pid>/stat`, which Linux keeps at a hundredth of a second. */
const TICK_US = 10_000;

/** What a process has in memory now and had at most, in bytes. */
export async function memoryOf(pid: number): Promise<{ now: number; most: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { now: kilobytes('VmRSS') * 1024, most: kilobytes('VmHWM') * 1024 };
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function answers(port: number, probe: string | null, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a server ended with ${child.exitCode} before it answered`);
    if (await (probe === null ? accepts(port) : responds(port, probe))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing answered on port ${port} within 30 s`);
}

async function responds(port: number, probe: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}${probe}`)).status < 500;
  } catch {
    return false;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
