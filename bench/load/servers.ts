import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** A server under test or beside it. */
export interface Running {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const API_KEY = 'bench';
const API_SECRET = randomBytes(32).toString('hex');
const started: ChildProcess[] = [];

/** The two cores: the server that is measured has one for itself, everything else shares the other. */
const MEASURED = '0';
const BESIDE = '1';

/** A real LiveKit, which only the API asks. */
export async function startLiveKit(): Promise<Running> {
  const [port, udp, tcp] = [await freePort(), await freePort(), await freePort()];
  const folder = await mkdtemp(path.join(tmpdir(), 'nests-bench-'));
  const config = path.join(folder, 'livekit.yaml');
  await writeFile(
    config,
    JSON.stringify({
      port,
      bind_addresses: ['127.0.0.1'],
      rtc: { udp_port: udp, tcp_port: tcp, node_ip: '127.0.0.1', use_external_ip: false },
      room: { auto_create: false },
      logging: { level: 'error' },
      keys: { [API_KEY]: API_SECRET },
    }),
    { mode: 0o600 },
  );
  const program =
    process.env['NESTS_LIVEKIT_SERVER'] ??
    path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'nests/livekit-server-1.13.5');
  return start(BESIDE, program, ['--config', config], {}, port, '/', folder);
}

/** A real Redis without persistence: both servers under test use the same. */
export async function startRedis(): Promise<Running> {
  const port = await freePort();
  return start(
    BESIDE,
    'redis-server',
    ['--port', String(port), '--save', '', '--appendonly', 'no'],
    {},
    port,
    null,
  );
}

/** Our API, as `npm start` builds it. */
export async function startNests(livekit: Running, redis: Running): Promise<Running> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'nests-bench-'));
  const env = {
    PORT: String(port),
    NESTS_DATA_DIR: folder,
    NESTS_SECRET: randomBytes(32).toString('hex'),
    REDIS_URL: `redis://127.0.0.1:${redis.port}/0`,
    LIVEKIT_URL: `ws://127.0.0.1:${livekit.port}`,
    LIVEKIT_API_KEY: API_KEY,
    LIVEKIT_API_SECRET: API_SECRET,
    NESTS_UNSAFE_NO_LIMITS: 'on',
    NESTS_CAPACITY: '1000000', // guests who never come in would fill the nest
  };
  return start(
    MEASURED,
    process.execPath,
    [path.join(ROOT, 'api/dist/main.js')],
    env,
    port,
    '/ready',
    folder,
  );
}

/** The reference server. */
export async function startReference(redis: Running): Promise<Running> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    REDIS_URL: `redis://127.0.0.1:${redis.port}/1`,
    LIVEKIT_API_KEY: API_KEY,
    LIVEKIT_API_SECRET: API_SECRET,
    NODE_ENV: 'production',
  };
  const program = ['--import', 'tsx', path.join(ROOT, 'bench/reference/server.ts')];
  return start(MEASURED, process.execPath, program, env, port, '/missing');
}

/** Ends everything that this run started. */
export function endAll(): void {
  for (const child of started) child.kill('SIGKILL');
}

async function start(
  core: string,
  program: string,
  words: string[],
  env: Record<string, string>,
  port: number,
  probe: string | null,
  folder?: string,
): Promise<Running> {
  const child = spawn('taskset', ['-c', core, program, ...words], {
    env: { PATH: process.env['PATH'], HOME: homedir(), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  started.push(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await answers(port, probe, child);
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the server answers; `probe` null: until it accepts a connection. */
async function answers(port: number, probe: string | null, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a server ended with ${child.exitCode} before it answered`);
    const answered = await (probe === null ? accepts(port) : responds(port, probe));
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing answered on port ${port} within 30 s`);
}

async function responds(port: number, probe: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${probe}`);
    return response.status < 500;
  } catch {
    return false;
  }
}

function accepts(port: number): Promise<boolean> {
  return import('node:net').then(
    ({ connect }) =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => resolve(false));
      }),
  );
}

function freePort(): Promise<number> {
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
