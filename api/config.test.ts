import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DEFAULT_LIMITS, readConfig, readStorePlace, SETTINGS } from './config.ts';

const strong = 'f3a91c07be5d42886a1e0b7793c4d5e6';
const stronger = '0a1b2c3d4e5f60718293a4b5c6d7e8f9aa';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nests-config-'));
});

const about = { version: '1.0.0', webDir: '/srv/web' };
const here = () => ({ NESTS_DATA_DIR: dir, LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: strong });
const inProduction = () => ({
  ...here(),
  NODE_ENV: 'production',
  NESTS_SECRET: strong,
  NESTS_PUBLIC_URL: 'https://nests.example',
  LIVEKIT_PUBLIC_URL: 'wss://livekit.example',
});
const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env, about);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('settings on one machine', () => {
  it('need nothing but the keys of LiveKit', () => {
    const config = readConfig(here(), about);
    expect(config).toMatchObject({
      version: '1.0.0',
      production: false,
      port: 5544,
      host: '127.0.0.1',
      publicUrls: ['http://localhost:5544'],
      livekit: { url: 'ws://127.0.0.1:7880', publicUrl: 'ws://localhost:7880' },
      relays: ['ws://localhost:5545'],
      trustedProxies: [],
      capacity: 1000,
      limits: DEFAULT_LIMITS,
      debug: true,
      webDir: '/srv/web',
      logLevel: 'info',
    });
    expect(config).not.toHaveProperty('redisUrl');
  });

  it('follow the ports that were changed', () => {
    const config = readConfig({ ...here(), PORT: '8000', LIVEKIT_PORT: '8001', RELAY_PORT: '8002' }, about);
    expect(config.publicUrls).toEqual(['http://localhost:8000']);
    expect(config.livekit).toMatchObject({ url: 'ws://127.0.0.1:8001', publicUrl: 'ws://localhost:8001' });
    expect(config.relays).toEqual(['ws://localhost:8002']);
  });

  it('generate a secret once, for the eyes of the owner', () => {
    const first = readConfig(here(), about).secrets;
    expect(first).toHaveLength(1);
    expect(first[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(path.join(dir, 'secret')).mode & 0o777).toBe(0o600);
    expect(readConfig(here(), about).secrets).toEqual(first);
    expect(readFileSync(path.join(dir, 'secret'), 'utf8').trim()).toBe(first[0]);
  });

  it('refuse a damaged secret file instead of signing with nothing', () => {
    writeFileSync(path.join(dir, 'secret'), '');
    expect(problemsOf(here())[0]).toContain('is damaged');
  });

  it('can come from files', () => {
    const file = path.join(dir, 'livekit-secret');
    writeFileSync(file, `${stronger}\n`);
    const { LIVEKIT_API_SECRET: _, ...rest } = here();
    expect(readConfig({ ...rest, LIVEKIT_API_SECRET_FILE: file }, about).livekit.apiSecret).toBe(stronger);
    expect(problemsOf({ ...here(), LIVEKIT_API_SECRET_FILE: file })).toEqual([
      'LIVEKIT_API_SECRET and LIVEKIT_API_SECRET_FILE are both set; keep one',
    ]);
    expect(problemsOf({ ...rest, LIVEKIT_API_SECRET_FILE: '/nowhere' })[0]).toMatch(
      /^LIVEKIT_API_SECRET_FILE cannot be read/,
    );
  });

  it('can come from files for the small commands, too', () => {
    const file = path.join(dir, 'redis-url');
    writeFileSync(file, 'redis://:password@redis:6379\n');
    expect(readStorePlace({ REDIS_URL_FILE: file, NESTS_DATA_DIR: dir })).toEqual({
      redisUrl: 'redis://:password@redis:6379',
      dataDir: dir,
    });
    expect(readStorePlace({})).toEqual({ dataDir: path.resolve('.nests') });
    expect(() => readStorePlace({ REDIS_URL_FILE: '/nowhere' })).toThrow(/REDIS_URL_FILE cannot be read/);
  });

  it('name every setting that is wrong at once', () => {
    const problems = problemsOf({
      NESTS_DATA_DIR: dir,
      PORT: 'eighty',
      NESTS_PUBLIC_URL: 'nests.example',
      NESTS_CAPACITY: '0',
      NESTS_TRUSTED_PROXIES: 'everybody,10.0.0.0/8,::1/128',
      NESTS_DEBUG: 'perhaps',
      NESTS_LIMITS: 'join=many,flights=3/1h,guest=300/0m',
      NESTS_LOG_LEVEL: 'loud',
      REDIS_URL: 'redis://localhost',
    });
    for (const name of [
      'PORT',
      'NESTS_PUBLIC_URL',
      'NESTS_CAPACITY',
      'NESTS_TRUSTED_PROXIES',
      'NESTS_DEBUG',
      'NESTS_LOG_LEVEL',
      'NESTS_SECRET',
      'LIVEKIT_API_KEY',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
    }
    expect(problems.filter((problem) => problem.startsWith('NESTS_LIMITS'))).toHaveLength(3);
  });

  it('want the public address of LiveKit once people come from outside', () => {
    const env = { ...here(), NESTS_PUBLIC_URL: 'https://nests.example' };
    expect(problemsOf(env)).toEqual([
      'LIVEKIT_PUBLIC_URL is required when NESTS_PUBLIC_URL is not a loopback address',
    ]);
    expect(problemsOf({ ...env, LIVEKIT_PUBLIC_URL: 'wss://livekit.example' })).toEqual([]);
  });

  it('take lists: public addresses, secrets, limits', () => {
    const config = readConfig(
      {
        ...here(),
        NESTS_PUBLIC_URL: 'http://localhost:5544/, http://127.0.0.1:5544',
        NESTS_SECRET: `${strong},${stronger}`,
        NESTS_LIMITS: 'join=60/2m, create=5/h, streams=9',
        NESTS_TRUSTED_PROXIES: '10.0.0.0/8, loopback',
      },
      about,
    );
    expect(config.publicUrls).toEqual(['http://localhost:5544', 'http://127.0.0.1:5544']);
    expect(config.secrets).toEqual([strong, stronger]);
    expect(config.limits).toMatchObject({
      join: { count: 60, windowMs: 120_000 },
      create: { count: 5, windowMs: 3_600_000 },
      streams: 9,
    });
    expect(config.limits?.guest).toEqual(DEFAULT_LIMITS.guest);
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', 'loopback']);
    expect(
      problemsOf({
        ...here(),
        NESTS_PUBLIC_URL: 'https://nests.example/base',
        LIVEKIT_PUBLIC_URL: 'wss://l.example',
      })[0],
    ).toContain('without a path');
  });
});

describe('settings in production', () => {
  it('start when everything is sound, with the debug switch off', () => {
    expect(readConfig(inProduction(), about)).toMatchObject({
      production: true,
      debug: false,
      secrets: [strong],
    });
  });

  it.each([
    ['a generated secret', { NESTS_SECRET: '' }, 'NESTS_SECRET would be generated'],
    ['a short secret', { NESTS_SECRET: 'k3v9-Xa7q' }, 'NESTS_SECRET is short'],
    ['a well-known secret', { NESTS_SECRET: 'change-me' }, 'NESTS_SECRET is a well-known word'],
    [
      'a repeated well-known word',
      { NESTS_SECRET: 'secretsecretsecretsecretsecretsecret' },
      'NESTS_SECRET is a well-known word',
    ],
    [
      'a simple secret',
      { NESTS_SECRET: 'abababababababababababababababababab' },
      'NESTS_SECRET is too simple',
    ],
    ['a weak old secret in the list', { NESTS_SECRET: `${strong},short` }, 'NESTS_SECRET is short'],
    ['a short LiveKit secret', { LIVEKIT_API_SECRET: 'k3v9-Xa7q' }, 'LIVEKIT_API_SECRET is short'],
    ['the well-known LiveKit key', { LIVEKIT_API_KEY: 'devkey' }, 'LIVEKIT_API_KEY is the well-known'],
    [
      'plain http outside',
      { NESTS_PUBLIC_URL: 'https://a.example,http://b.example' },
      'NESTS_PUBLIC_URL http://b.example is plain http',
    ],
    [
      'plain ws outside',
      { LIVEKIT_PUBLIC_URL: 'ws://livekit.example' },
      'LIVEKIT_PUBLIC_URL ws://livekit.example is plain ws',
    ],
    ['no limits', { NESTS_UNSAFE_NO_LIMITS: 'on' }, 'NESTS_UNSAFE_NO_LIMITS is on'],
  ])('refuse %s and say so', (_, change, sentence) => {
    const problems = problemsOf({ ...inProduction(), ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(sentence);
  });

  it('allow plain http on loopback, behind a proxy of the same machine', () => {
    const env = {
      ...inProduction(),
      NESTS_PUBLIC_URL: 'http://localhost:5544',
      LIVEKIT_PUBLIC_URL: 'ws://localhost:7880',
    };
    expect(problemsOf(env)).toEqual([]);
  });

  it('never repeat a secret in what they print', () => {
    const weak = 'hunter2-hunter2';
    const problems = problemsOf({
      ...inProduction(),
      NESTS_SECRET: weak,
      LIVEKIT_API_SECRET: weak,
      REDIS_URL: `redis://u:${weak}@x`,
    });
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(weak);
  });
});

describe('the table of settings', () => {
  it('has a type, a default and a reason for each', () => {
    for (const [name, setting] of Object.entries(SETTINGS)) {
      expect(name).toMatch(/^[A-Z_]+$/);
      expect(setting.type && setting.default && setting.why, name).toBeTruthy();
    }
  });

  it('states the limits that are the defaults', () => {
    const config = readConfig({ ...here(), NESTS_LIMITS: SETTINGS.NESTS_LIMITS.default }, about);
    expect(config.limits).toEqual(DEFAULT_LIMITS);
  });

  it('lets load tests switch the limits off', () => {
    expect(readConfig({ ...here(), NESTS_UNSAFE_NO_LIMITS: 'on' }, about).limits).toBeNull();
  });
});
