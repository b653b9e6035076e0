import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port-for-tests.ts';
import type { LiveKitSettings } from './livekit.ts';

/** A LiveKit server of one's own, for tests. */
export interface TestLiveKit {
  settings: LiveKitSettings;
  /** Comes in over plain signalling: listed by LiveKit, silent, until the socket is destroyed. */
  enter(token: string): Promise<{ status: number; leave: () => void }>;
  /** Stops answering without dying, and goes on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const READY_TRIES = 200;

/** Where the LiveKit server for tests is; `NESTS_LIVEKIT_SERVER` names another. */
export function livekitBinary(): string | null {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const file = process.env['NESTS_LIVEKIT_SERVER'] ?? path.join(cache, 'nests', 'livekit-server-1.13.5');
  return existsSync(file) ? file : null;
}

/** Starts a LiveKit server on free ports, telling `webhook` what happens, where given. */
export async function startLiveKit(binary: string, webhook?: string): Promise<TestLiveKit> {
  const dir = await mkdtemp(path.join(tmpdir(), 'nests-livekit-'));
  const [port, tcpPort, udpPort] = [await freePort(), await freePort(), await freePort()];
  const settings = {
    url: `ws://127.0.0.1:${port}`,
    apiKey: 'test',
    apiSecret: randomBytes(24).toString('hex'),
  };
  const config = {
    port,
    bind_addresses: ['127.0.0.1'],
    keys: { [settings.apiKey]: settings.apiSecret },
    rtc: { tcp_port: tcpPort, udp_port: udpPort, node_ip: '127.0.0.1', enable_loopback_candidate: true },
    room: { auto_create: false },
    api: { enable_psrpc_for_get_list_participants: true },
    logging: { level: 'error' },
    ...(webhook === undefined ? {} : { webhook: { api_key: settings.apiKey, urls: [webhook] } }),
  };
  const file = path.join(dir, 'livekit.yaml');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 }); // JSON is YAML
  const child = spawn(binary, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || tries > READY_TRIES) {
      await stop();
      throw new Error(`LiveKit does not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    settings,
    stop,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    enter: (token) => enter(port, token),
  };
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) }).then(
    (reply) => reply.ok,
    () => false,
  );
}

function enter(port: number, token: string): Promise<{ status: number; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const upgrade = request({
      port,
      host: '127.0.0.1',
      path: `/rtc?access_token=${token}&protocol=15&sdk=js&auto_subscribe=1`,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
    });
    upgrade.on('upgrade', (_reply, socket: Socket) => {
      socket.resume();
      socket.on('error', () => undefined);
      resolve({ status: 101, leave: () => socket.destroy() });
    });
    upgrade.on('response', (reply) => {
      reply.resume();
      resolve({ status: reply.statusCode ?? 0, leave: () => undefined });
    });
    upgrade.on('error', reject);
    upgrade.end();
  });
}
