import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.js';
import { help } from './help.js';
import { ownEnvironment, portsOf, reach } from './parts.js';
import { cacheFolder, ROOT } from './paths.js';
import { allSettings, readSettings } from './settings.js';
import { scratch } from './testing/scratch.js';

describe('what npm start reads', () => {
  it('has the defaults of the contract', () => {
    expect(readSettings({})).toEqual({
      port: 5544,
      host: '127.0.0.1',
      relayPort: 5545,
      livekit: { port: 7880, udpPort: 7882, tcpPort: 7881 },
      publicUrl: 'http://localhost:5544',
      dataDir: join(ROOT, '.nests'),
    });
  });

  it('follows the environment, and the command line before it', () => {
    const env = {
      PORT: '8080',
      NESTS_DATA_DIR: '/var/lib/nests',
      NESTS_PUBLIC_URL: 'https://a.example/, https://b',
    };
    expect(readSettings(env)).toMatchObject({
      port: 8080,
      dataDir: '/var/lib/nests',
      publicUrl: 'https://a.example',
    });
    expect(readSettings(env, '/tmp/other').dataDir).toBe('/tmp/other');
    expect(() => readSettings({}, ' ')).toThrow('--data names no folder.');
    expect(readSettings({ PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
    expect(readSettings({ PORT: ' ', HOST: '' })).toMatchObject({ port: 5544, host: '127.0.0.1' });
  });

  it('reads files, but never both', async () => {
    const file = join(await scratch(), 'secret');
    await writeFile(file, 'from a file\n');
    const env = { LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET_FILE: file };
    expect(readSettings(env).livekitKeys).toEqual({ key: 'key', secret: 'from a file' });
    expect(() => readSettings({ ...env, LIVEKIT_API_SECRET: 'x' })).toThrow(/are both set; keep one/);
    expect(() => readSettings({ PORT_FILE: '/nowhere' })).toThrow(/^PORT_FILE cannot be read: ENOENT/);
  });

  it.each(['0', '65536', '-1', 'http', '80.5'])('refuses %s as a port', (text) => {
    expect(() => readSettings({ RELAY_PORT: text })).toThrow(`RELAY_PORT must be a port, a whole number`);
  });

  it('wants the keys of an outside LiveKit, and both of them', () => {
    expect(() => readSettings({ LIVEKIT_URL: 'wss://lk.example' })).toThrow(/set its LIVEKIT_API_KEY/);
    expect(() => readSettings({ LIVEKIT_API_KEY: 'key' })).toThrow(/belong together/);
  });
});

describe('what the parts are given', () => {
  it('is what was set, and what start has made', () => {
    const env = { NESTS_LIMITS: 'join=5/1m', PORT_FILE: '/port', LIVEKIT_PORT: '7000' };
    const settings = readSettings({ LIVEKIT_PORT: '7000' }, '/data');
    const keys = { key: 'nests1', secret: 's' };
    expect(ownEnvironment(env, settings, { apiPort: 5544, keys })).toEqual({
      NESTS_LIMITS: 'join=5/1m',
      PORT: '5544',
      HOST: '127.0.0.1',
      RELAY_PORT: '5545',
      NESTS_DATA_DIR: '/data',
      NESTS_PUBLIC_URL: 'http://localhost:5544',
      LIVEKIT_PORT: '7000',
      LIVEKIT_URL: 'http://127.0.0.1:7000',
      LIVEKIT_API_KEY: 'nests1',
      LIVEKIT_API_SECRET: 's',
    });
  });

  it('leaves an outside LiveKit alone, and its ports unchecked', () => {
    const env = { LIVEKIT_URL: 'wss://lk.example', LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET_FILE: '/secret' };
    const settings = { ...readSettings({}, '/data'), livekitUrl: env.LIVEKIT_URL };
    const own = ownEnvironment(env, settings, { apiPort: 5544 });
    expect(own).toMatchObject(env);
    expect(own['LIVEKIT_API_SECRET']).toBeUndefined();
    expect(portsOf(settings).map(({ setting }) => setting)).toEqual(['PORT', 'RELAY_PORT']);
    expect(portsOf(readSettings({}))).toHaveLength(5);
    expect(portsOf(readSettings({ NESTS_METRICS_PORT: '9464' }))).toContainEqual({
      setting: 'NESTS_METRICS_PORT',
      port: 9464,
      host: '127.0.0.1',
      protocol: 'tcp',
    });
  });

  it.each([
    [{}, '127.0.0.1'],
    [{ LIVEKIT_PUBLIC_URL: 'ws://localhost:7880' }, '127.0.0.1'],
    [{ LIVEKIT_PUBLIC_URL: 'wss://livekit.example' }, '0.0.0.0'],
  ])('with %j send media by UDP from %s, so there the port must be free', (env, host) => {
    const udp = portsOf(readSettings(env)).find(({ protocol }) => protocol === 'udp');
    expect(udp).toMatchObject({ setting: 'LIVEKIT_UDP_PORT', host });
  });

  it.each(['', 'cache', undefined])(
    'are looked for in the usual cache when XDG_CACHE_HOME is %j',
    (named) => {
      expect(cacheFolder({ XDG_CACHE_HOME: named })).toBe(join(homedir(), '.cache', 'nests'));
      expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache' })).toBe(join('/var/cache', 'nests'));
    },
  );

  it('reaches a part that listens everywhere on this machine', () => {
    expect(['0.0.0.0', '::', '127.0.0.1', '::1', '192.0.2.1'].map(reach)).toEqual([
      ...['127.0.0.1', '127.0.0.1', '127.0.0.1', '[::1]', '192.0.2.1'],
    ]);
  });
});

describe('the command line', () => {
  it('is understood', () => {
    expect(readArguments([])).toEqual({ dev: false, prepare: false, help: false, version: false });
    expect(readArguments(['--data', 'x', '--dev'])).toMatchObject({ data: 'x', dev: true });
    expect(() => readArguments(['--daat', 'x'])).toThrow(/--daat.*--help/);
    expect(() => readArguments(['x'])).toThrow(/--help/);
  });

  it('helps with every setting, its default and its meaning', () => {
    const text = help();
    for (const [name, setting] of Object.entries(allSettings())) {
      expect(text).toContain(`${name}   (${setting.default})`);
      expect(text.replace(/\s+/g, ' ')).toContain(setting.why);
    }
    for (const option of ['--data DIR', '--dev', '--prepare', '--help', '--version'])
      expect(text).toContain(option);
    expect(
      Math.max(
        ...text
          .split('\n')
          .filter((line) => line.startsWith('      '))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });
});
