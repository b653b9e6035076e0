import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  CORES,
  freePort,
  ROOT,
  runProgram,
  startProgram,
  temporaryFolder,
  type Running,
} from './processes.ts';

const API_KEY = 'bench';
const API_SECRET = randomBytes(32).toString('hex');

/** A real LiveKit, which only the API asks. */
export async function startLiveKit(): Promise<Running> {
  const [port, udp, tcp] = [await freePort(), await freePort(), await freePort()];
  const config = path.join(await temporaryFolder(), 'livekit.yaml');
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
  return startProgram({
    core: CORES.beside,
    program,
    words: ['--config', config],
    env: {},
    port,
    probe: '/',
  });
}

/** A real Redis without persistence: all who need one use the same. */
export async function startRedis(): Promise<Running> {
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return startProgram({ core: CORES.beside, program: 'redis-server', words, env: {}, port, probe: null });
}

/** What differs between two starts of our API. */
export interface NestsOptions {
  livekit: Running;
  /** without it: the embedded store */
  redis?: Running;
  /** words for Node itself */
  node?: string[];
}

/** Our API, as `npm start` builds it. */
export async function startNests({ livekit, redis, node = [] }: NestsOptions): Promise<Running> {
  const port = await freePort();
  return startProgram({
    core: CORES.measured,
    program: process.execPath,
    words: [...node, path.join(ROOT, 'api/dist/main.js')],
    env: {
      PORT: String(port),
      NESTS_DATA_DIR: await temporaryFolder(),
      NESTS_SECRET: randomBytes(32).toString('hex'),
      ...(redis === undefined ? {} : { REDIS_URL: nestsRedis(redis) }),
      LIVEKIT_URL: `ws://127.0.0.1:${livekit.port}`,
      LIVEKIT_API_KEY: API_KEY,
      LIVEKIT_API_SECRET: API_SECRET,
      NESTS_UNSAFE_NO_LIMITS: 'on',
      NESTS_DEBUG: 'off',
      NESTS_CAPACITY: '1000000', // guests who never come in would fill the nest
    },
    port,
    probe: '/ready',
  });
}

/** Puts nests (NDJSON) into the store of our API, with the command that operators have for it. */
export async function importNests(redis: Running, lines: string[]): Promise<void> {
  const share = Math.ceil(lines.length / IMPORTERS);
  await Promise.all(
    Array.from({ length: IMPORTERS }, async (_, index) => {
      const env = { REDIS_URL: nestsRedis(redis), NESTS_DATA_DIR: await temporaryFolder() };
      const input = lines.slice(index * share, (index + 1) * share).join('\n');
      const core = index % 2 === 0 ? CORES.measured : CORES.beside;
      const words = [process.execPath, path.join(ROOT, 'api/dist/cli.js'), 'store', 'import'];
      await runProgram(core, words, { env, input });
    }),
  );
}

const IMPORTERS = 4;

const nestsRedis = (redis: Running): string => `redis://127.0.0.1:${redis.port}/0`;

/** The server that the founding documents describe. */
export async function startFounding({
  livekit,
  redis,
}: Required<Pick<NestsOptions, 'livekit' | 'redis'>>): Promise<Running> {
  return startReference('founding.ts', {
    LOG_FOLDER: await temporaryFolder(),
    REDIS_URL: `redis://127.0.0.1:${redis.port}/1`,
    LIVEKIT_HTTP_URL: `http://127.0.0.1:${livekit.port}`,
    LIVEKIT_API_KEY: API_KEY,
    LIVEKIT_API_SECRET: API_SECRET,
  });
}

/** The join service of the MoQ generation. */
export function startMoq(): Promise<Running> {
  return startReference('moq.ts', {});
}

async function startReference(file: string, env: Record<string, string>): Promise<Running> {
  const port = await freePort();
  return startProgram({
    core: CORES.measured,
    program: process.execPath,
    words: ['--import', 'tsx', path.join(ROOT, 'bench/reference', file)],
    env: { PORT: String(port), NODE_ENV: 'production', ...env },
    port,
    probe: '/missing',
  });
}
