import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { answersAt } from '../parts.js';
import { cacheFolder } from '../paths.js';
import { freePort } from '../ports.js';
import { scratch, until } from '../testing/scratch.js';
import { livekitYaml, publicAddress } from './config.js';
import { EXE } from './on-path.js';
import { LIVEKIT_VERSION } from './version.js';

const program =
  process.env['NESTS_LIVEKIT_SERVER'] ??
  join(cacheFolder(process.env), `livekit-server-${LIVEKIT_VERSION}${EXE}`);
const keys = { key: 'nests0123456789ab', secret: 'a "quoted": secret # that is long enough' };

/** @type {import('node:child_process').ChildProcess | undefined} */
let server;

afterEach(() => {
  server?.kill('SIGKILL');
  server = undefined;
});

const freeUdpPort = () =>
  new Promise((/** @type {(port: number) => void} */ resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

/** Starts the real LiveKit with our configuration. */
async function start() {
  const [port, tcpPort, udpPort] = await Promise.all([
    freePort('127.0.0.1'),
    freePort('127.0.0.1'),
    freeUdpPort(),
  ]);
  const config = join(await scratch(), 'livekit.yaml');
  const ports = { port, tcpPort, udpPort };
  const webhook = 'http://127.0.0.1:1/api/v1/livekit/webhook';
  await writeFile(config, livekitYaml({ host: '127.0.0.1', ports, keys, webhook }));
  const child = spawn(program, ['--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  server = child;
  let output = '';
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await until(async () => child.exitCode !== null || (await answersAt(`${url}/`)()));
  return { ...ports, url, output: () => output, alive: () => child.exitCode === null };
}

describe('the configuration of LiveKit', () => {
  it('is accepted by the real LiveKit, with our key', async () => {
    expect(existsSync(program), `no LiveKit at ${program}: npm start -- --prepare fetches it`).toBe(true);
    const livekit = await start();
    expect(livekit.alive(), livekit.output()).toBe(true);
    const rooms = new RoomServiceClient(livekit.url, keys.key, keys.secret);
    const room = await rooms.createRoom({ name: 'nest:1' });
    expect(room.emptyTimeout).toBe(300);
    expect(room.enabledCodecs.map(({ mime }) => mime)).toEqual(['audio/opus', 'audio/red']);
  });

  it('lets nobody make a room by joining it', async () => {
    const livekit = await start();
    const token = new AccessToken(keys.key, keys.secret, { identity: 'guest-1' });
    token.addGrant({ roomJoin: true, room: 'made:up' });
    const query = new URLSearchParams({ access_token: await token.toJwt() });
    const response = await fetch(`${livekit.url}/rtc/validate?${query.toString()}`);
    expect(response.status).toBe(404);
  });

  it.runIf(process.platform === 'linux')('takes media over UDP on the loopback address alone', async () => {
    const { udpPort } = await start();
    const hex = udpPort.toString(16).toUpperCase().padStart(4, '0');
    const tables = await Promise.all(['udp', 'udp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
    const local = tables.join('').matchAll(new RegExp(`: ([0-9A-F]+):${hex} `, 'g'));
    expect([...local].map(([, address]) => address)).toEqual(['0100007F']);
  });

  it('would be refused by LiveKit if it had a key that LiveKit does not know', async () => {
    const file = join(await scratch(), 'livekit.yaml');
    const ports = { port: 1, tcpPort: 2, udpPort: 3 };
    const yaml = livekitYaml({ host: '127.0.0.1', ports, keys, webhook: 'http://127.0.0.1:1/' });
    await writeFile(file, yaml.replace('auto_create:', 'auto_invent:'));
    const { stdout } = await promisify(execFile)(program, ['--config', file]);
    expect(stdout).toContain('auto_invent not found');
  });
});

describe('the address that browsers send their audio to', () => {
  it('is this machine unless LIVEKIT_PUBLIC_URL says otherwise', async () => {
    expect(await publicAddress(undefined)).toBeUndefined();
    expect(await publicAddress('ws://localhost:7880')).toBeUndefined();
    expect(await publicAddress('ws://127.0.0.1:7880')).toBeUndefined();
    expect(await publicAddress('ws://[::1]:7880')).toBeUndefined();
    expect(await publicAddress('wss://192.0.2.7')).toBe('192.0.2.7');
  });

  it('is part of the configuration, without a foreign STUN server', () => {
    const ports = { port: 7880, tcpPort: 7881, udpPort: 7882 };
    const yaml = livekitYaml({
      host: '0.0.0.0',
      ports,
      keys,
      nodeIp: '192.0.2.7',
      webhook: 'http://127.0.0.1:1/',
    });
    expect(yaml).toContain('node_ip: "192.0.2.7"');
    expect(yaml).toContain('stun_servers: ["192.0.2.7:7882"]');
    expect(yaml).toContain('enable_loopback_candidate: false');
  });

  it('must be one', async () => {
    const nobody = () => Promise.reject(new Error('not found'));
    await expect(publicAddress('wss://livekit.invalid', nobody)).rejects.toThrow(
      /names livekit.invalid, which has no address/,
    );
  });
});
