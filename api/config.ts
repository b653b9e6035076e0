import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { readKeys } from './blocklist.ts';
import settings from './settings.json' with { type: 'json' };

/** The name of one setting. */
export type SettingName = keyof typeof settings;

/** Every setting with its type, default and one line of why; `--help` lists this table. */
export const SETTINGS: Readonly<Record<SettingName, { type: string; default: string; why: string }>> =
  settings;

/** So many times within a window, per whatever the limit counts. */
export interface Rate {
  count: number;
  windowMs: number;
}

/** The limits of CONTRACT §6; `streams` counts what is open at once. */
export interface Limits {
  create: Rate;
  join: Rate;
  guest: Rate;
  renew: Rate;
  hand: Rate;
  permissions: Rate;
  missing: Rate;
  streams: number;
}

/** What an API process needs to know before it starts; every value is checked. */
export interface Config {
  version: string;
  production: boolean;
  port: number;
  host: string;
  /** origins without a trailing slash; the first is canonical */
  publicUrls: [string, ...string[]];
  dataDir: string;
  /** the first signs and seals, all verify and open */
  secrets: [string, ...string[]];
  redisUrl?: string;
  livekit: { url: string; apiKey: string; apiSecret: string; publicUrl: string };
  relays: string[];
  trustedProxies: string[];
  metricsPort?: number;
  /** who may read the metrics, where they have no port of their own */
  metricsToken?: string;
  /** keys the operator keeps out: a list, or a file that is read again when it changes */
  blocked: { keys: string[]; file?: string };
  capacity: number;
  /** null: no limits at all (load tests) */
  limits: Limits | null;
  debug: boolean;
  webDir: string;
  logLevel: 'error' | 'warn' | 'info' | 'debug';
}

/** Everything that is wrong with the settings, one sentence each; no value of a secret is among them. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`Nests cannot start with these settings:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Defaults of CONTRACT §6. */
export const DEFAULT_LIMITS: Limits = {
  create: { count: 10, windowMs: 3_600_000 },
  join: { count: 30, windowMs: 60_000 },
  guest: { count: 300, windowMs: 60_000 },
  renew: { count: 20, windowMs: 60_000 },
  hand: { count: 10, windowMs: 60_000 },
  permissions: { count: 120, windowMs: 60_000 },
  missing: { count: 120, windowMs: 60_000 },
  streams: 200,
};

const SECRET_LENGTH = 32;
const WELL_KNOWN =
  /^(change.?me|secret|devkey|dev|password|nests?|livekit|test|example|api.?secret|your.*|placeholder)+[\W_\d]*$/i;
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads, checks and completes the settings.
 * @param env the process's environment
 * @param about the program's version, and the folder that `NESTS_WEB_DIR` is relative to by default
 * @throws ConfigError naming every setting that is wrong or, in production, unsafe
 */
export function readConfig(
  env: Record<string, string | undefined>,
  about: { version: string; webDir: string },
): Config {
  const problems: string[] = [];
  const production = env['NODE_ENV'] === 'production';
  const read = new Reader(env, problems);

  const port = read.port('PORT', 5544);
  const livekitPort = read.port('LIVEKIT_PORT', 7880);
  const publicUrls = read.origins('NESTS_PUBLIC_URL', [`http://localhost:${port}`], ['http:', 'https:']);
  const outside = publicUrls.some((url) => !isLoopback(url));
  const { redisUrl, dataDir } = placeOf(read);
  const livekit = {
    url: read.text('LIVEKIT_URL') ?? `ws://127.0.0.1:${livekitPort}`,
    apiKey: read.text('LIVEKIT_API_KEY') ?? '',
    apiSecret: read.text('LIVEKIT_API_SECRET') ?? '',
    publicUrl: read.text('LIVEKIT_PUBLIC_URL') ?? `ws://localhost:${livekitPort}`,
  };
  if (!livekit.apiKey || !livekit.apiSecret) {
    problems.push(
      'LIVEKIT_API_KEY and LIVEKIT_API_SECRET are missing; `npm start` makes them, alone the API needs them set',
    );
  }
  checkUrl('LIVEKIT_URL', livekit.url, ['ws:', 'wss:', 'http:', 'https:'], problems);
  checkUrl('LIVEKIT_PUBLIC_URL', livekit.publicUrl, ['ws:', 'wss:'], problems);
  if (outside && read.text('LIVEKIT_PUBLIC_URL') === undefined) {
    problems.push('LIVEKIT_PUBLIC_URL is required when NESTS_PUBLIC_URL is not a loopback address');
  }

  const secrets = read.list('NESTS_SECRET');
  if (secrets.length === 0 && redisUrl !== undefined)
    problems.push('NESTS_SECRET is required with REDIS_URL');
  const noLimits = read.on('NESTS_UNSAFE_NO_LIMITS', false);
  const limits = read.limits('NESTS_LIMITS');
  if (production) {
    problems.push(...productionProblems({ secrets, redisUrl, livekit, publicUrls, noLimits }));
  }

  const metricsPort =
    read.text('NESTS_METRICS_PORT') === undefined ? undefined : read.port('NESTS_METRICS_PORT', 0);
  const metricsToken = read.text('NESTS_METRICS_TOKEN');
  if (production && metricsToken !== undefined)
    problems.push(...weakness('NESTS_METRICS_TOKEN', metricsToken));
  const blocked = read.blocked('NESTS_BLOCKED_KEYS');
  const relayPort = read.port('RELAY_PORT', 5545);
  read.port('LIVEKIT_UDP_PORT', 7882);
  read.port('LIVEKIT_TCP_PORT', 7881);
  const config = {
    version: about.version,
    production,
    port,
    host: read.text('HOST') ?? '127.0.0.1',
    publicUrls,
    dataDir,
    ...(redisUrl === undefined ? {} : { redisUrl }),
    livekit,
    relays: read.origins('NESTS_RELAYS', [`ws://localhost:${relayPort}`], ['ws:', 'wss:'], true),
    trustedProxies: read.networks('NESTS_TRUSTED_PROXIES'),
    ...(metricsPort === undefined ? {} : { metricsPort }),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    blocked,
    capacity: read.count('NESTS_CAPACITY', 1000),
    limits: noLimits ? null : limits,
    debug: read.on('NESTS_DEBUG', !production),
    webDir: path.resolve(read.text('NESTS_WEB_DIR') ?? about.webDir),
    logLevel: read.level('NESTS_LOG_LEVEL'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  const [first, ...others] = secrets;
  return { ...config, secrets: first === undefined ? [generatedSecret(dataDir)] : [first, ...others] };
}

/** Where nests are kept. */
export type StorePlace = Pick<Config, 'dataDir' | 'redisUrl'>;

/**
 * Reads only where nests are kept, for commands that need nothing else.
 * @throws ConfigError as {@link readConfig}
 */
export function readStorePlace(env: Record<string, string | undefined>): StorePlace {
  const problems: string[] = [];
  const place = placeOf(new Reader(env, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return place;
}

function placeOf(read: Reader): StorePlace {
  const redisUrl = read.text('REDIS_URL');
  const dataDir = path.resolve(read.text('NESTS_DATA_DIR') ?? './.nests');
  return { dataDir, ...(redisUrl === undefined ? {} : { redisUrl }) };
}

/** What is too dangerous for production, said so that an operator can act on it. */
function productionProblems(found: {
  secrets: string[];
  redisUrl: string | undefined;
  livekit: Config['livekit'];
  publicUrls: string[];
  noLimits: boolean;
}): string[] {
  const problems: string[] = [];
  if (found.secrets.length === 0 && found.redisUrl === undefined) {
    problems.push('NESTS_SECRET would be generated; in production set it (32 characters or more)');
  }
  for (const secret of found.secrets) problems.push(...weakness('NESTS_SECRET', secret));
  if (found.livekit.apiSecret) problems.push(...weakness('LIVEKIT_API_SECRET', found.livekit.apiSecret));
  if (found.livekit.apiKey === 'devkey') problems.push('LIVEKIT_API_KEY is the well-known "devkey"');
  for (const url of found.publicUrls) {
    if (url.startsWith('http:') && !isLoopback(url)) {
      problems.push(`NESTS_PUBLIC_URL ${url} is plain http; in production only loopback may be`);
    }
  }
  if (found.livekit.publicUrl.startsWith('ws:') && !isLoopback(found.livekit.publicUrl)) {
    problems.push(
      `LIVEKIT_PUBLIC_URL ${found.livekit.publicUrl} is plain ws; in production only loopback may be`,
    );
  }
  if (found.noLimits) problems.push('NESTS_UNSAFE_NO_LIMITS is on');
  return problems;
}

/** Why a secret is too weak, without repeating it. */
function weakness(name: SettingName, secret: string): string[] {
  if (WELL_KNOWN.test(secret)) return [`${name} is a well-known word`];
  if (secret.length < SECRET_LENGTH)
    return [`${name} is short: ${secret.length} characters, ${SECRET_LENGTH} are needed`];
  if (new Set(secret).size < 8) return [`${name} is too simple: it repeats a few characters`];
  return [];
}

/** Reads single settings, collecting what is wrong instead of stopping at the first. */
class Reader {
  private readonly env: Record<string, string | undefined>;
  private readonly problems: string[];
  constructor(env: Record<string, string | undefined>, problems: string[]) {
    this.env = env;
    this.problems = problems;
  }

  text(name: SettingName): string | undefined {
    const direct = this.env[name];
    const file = this.env[`${name}_FILE`];
    if (!file) return direct?.trim() || undefined;
    if (direct) this.problem(`${name} and ${name}_FILE are both set; keep one`);
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch (error) {
      this.problem(
        `${name}_FILE cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
      return undefined;
    }
  }

  list(name: SettingName): string[] {
    return (this.text(name) ?? '')
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  count(name: SettingName, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    if (/^\d{1,7}$/.test(text) && Number(text) > 0) return Number(text);
    this.problem(`${name} must be a whole number above 0, not "${text}"`);
    return fallback;
  }

  port(name: SettingName, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    this.problem(`${name} must be a port (0 to 65535), not "${text}"`);
    return fallback;
  }

  on(name: SettingName, fallback: boolean): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return fallback;
    if (['on', 'true', '1', 'yes'].includes(text)) return true;
    if (['off', 'false', '0', 'no'].includes(text)) return false;
    this.problem(`${name} must be on or off, not "${text}"`);
    return fallback;
  }

  level(name: SettingName): Config['logLevel'] {
    const text = this.text(name) ?? 'info';
    if (text === 'error' || text === 'warn' || text === 'info' || text === 'debug') return text;
    this.problem(`${name} must be error, warn, info or debug, not "${text}"`);
    return 'info';
  }

  origins(
    name: SettingName,
    fallback: [string],
    protocols: string[],
    withPath = false,
  ): [string, ...string[]] {
    const list = this.list(name);
    for (const item of list) {
      const url = checkUrl(name, item, protocols, this.problems);
      if (url && !withPath && (url.pathname !== '/' || url.search || url.hash)) {
        this.problem(`${name} must be an origin without a path, not "${item}"`);
      }
    }
    const [first, ...others] = list.map((item) => (withPath ? item : originOf(item)));
    return first === undefined ? fallback : [first, ...others];
  }

  blocked(name: SettingName): Config['blocked'] {
    const file = this.env[`${name}_FILE`];
    const { keys, problems } = readKeys(this.text(name) ?? '');
    if (file) return { keys, file }; // a slip in it, made while the API ran, must not keep it from starting again
    for (const problem of problems) this.problem(`${name}: ${problem}`);
    return { keys };
  }

  networks(name: SettingName): string[] {
    const list = this.list(name);
    for (const item of list) {
      const [address = '', bits] = item.split('/');
      const size = isIP(address) === 6 ? 128 : 32;
      const isNetwork =
        isIP(address) > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size));
      if (!isNetwork && !['loopback', 'linklocal', 'uniquelocal'].includes(item)) {
        this.problem(`${name} has "${item}", which is neither an address nor a network`);
      }
    }
    return list;
  }

  limits(name: SettingName): Limits {
    const limits = { ...DEFAULT_LIMITS };
    for (const item of this.list(name)) {
      const [key = '', value = ''] = item.split('=').map((part) => part.trim());
      const match = /^(\d{1,7})(?:\/(\d{0,4})([smh]))?$/.exec(value);
      const count = Number(match?.[1]);
      const unit = UNITS[match?.[3] ?? ''];
      const units = Number(match?.[2] || '1'); // a window of no length would be no limit
      if (key === 'streams' && match && unit === undefined) limits.streams = count;
      else if (isRateName(key) && unit !== undefined && units > 0) {
        limits[key] = { count, windowMs: units * unit };
      } else this.problem(`${name} has "${item}"; write for example join=60/1m or streams=500`);
    }
    return limits;
  }

  private problem(sentence: string): void {
    if (!this.problems.includes(sentence)) this.problems.push(sentence);
  }
}

function isRateName(name: string): name is Exclude<keyof Limits, 'streams'> {
  return name !== 'streams' && Object.hasOwn(DEFAULT_LIMITS, name);
}

function checkUrl(name: SettingName, text: string, protocols: string[], problems: string[]): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && protocols.includes(url.protocol)) return url;
  const shown = url?.password ? 'what it is' : `"${text}"`;
  problems.push(
    `${name} must be an address beginning with ${protocols.map((p) => `${p}//`).join(' or ')}, not ${shown}`,
  );
  return null;
}

function originOf(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : text;
}

/** Whether an address names this very machine. */
function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

/** The secret of a one-machine install: made once, kept in the data folder for the owner's eyes only. */
function generatedSecret(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, 'secret');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  if (!existsSync(file)) {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(draft, file); // whole or not at all, and the first of two processes wins
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      rmSync(draft);
    }
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < SECRET_LENGTH) throw new ConfigError([`${file} is damaged: it holds no secret`]);
  return secret;
}
