import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { SignEvent } from '@nests/protocol/event';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { finalizeEvent, generateSecretKey, getPublicKey, type EventTemplate } from 'nostr-tools/pure';
import { buildApp } from '../app.ts';
import { readConfig, type Config } from '../config.ts';
import { LocalFeed } from '../feed/local.ts';
import { makeLog } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { NestError } from '../nests/errors.ts';
import type { Clock, Ids } from '../nests/ports.ts';
import type { UseCases } from '../nests/use-cases.ts';
import { verifyEvent } from '../verify.ts';
import type { App, Parts } from './parts.ts';

/** Somebody with a key. */
export interface Person {
  pubkey: string;
  sign: SignEvent;
}

/** Makes somebody with a fresh key. */
export function makePerson(): Person {
  const key = generateSecretKey();
  return { pubkey: getPublicKey(key), sign: async (template: EventTemplate) => finalizeEvent(template, key) };
}

/** What a test asks for. */
export interface Ask {
  by?: Person;
  session?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** the caller's address */
  from?: string;
}

/** A reply as tests read it. */
export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
  text: string;
}

/** The API with everything around it replaced, for tests of HTTP alone. */
export interface TestApi {
  app: App;
  config: Config;
  parts: Parts;
  ask: (method: string, path: string, ask?: Ask) => Promise<Reply>;
  /** the Authorization header for one request */
  header: (by: Person, method: string, path: string, body?: string | Buffer) => Promise<string>;
  /** names of the use cases that were called, in order */
  called: string[];
  /** every log line so far */
  logged: () => string;
  now: number;
}

const methods = [
  ...[
    'create',
    'start',
    'patch',
    'join',
    'guest',
    'renew',
    'info',
    'list',
    'successor',
    'state',
    'diagnostics',
  ],
  ...['hand', 'permissions', 'remove', 'bans', 'unban', 'addMember', 'removeMember', 'invite', 'invites'],
  ...['revokeInvite', 'restart', 'end', 'look', 'settled'],
] as const satisfies (keyof UseCases)[];

/** The settings of a test server. */
export function testConfig(env: Record<string, string> = {}): Config {
  const keys = {
    LIVEKIT_API_KEY: 'key',
    LIVEKIT_API_SECRET: 'livekit-secret-livekit-secret-0123',
    NESTS_LOG_LEVEL: 'debug',
  };
  const about = { version: '1.0.0', webDir: `${tmpdir()}/no-web-app-here` };
  return readConfig({ ...keys, NESTS_SECRET: 'session-secret-session-secret-0123', ...env }, about);
}

/** Use cases of which none finds a nest, except those that are given. */
export function stubNests(given: Partial<UseCases>, called: string[]): UseCases {
  const missing = async (): Promise<never> => {
    throw new NestError('room_not_found');
  };
  const entries = methods.map((name) => {
    const real: (...args: never[]) => unknown = given[name] ?? missing;
    const counted = (...args: never[]): unknown => {
      called.push(name);
      return real(...args);
    };
    return [name, counted];
  });
  return Object.fromEntries(entries) as UseCases; // every name of the list above is there
}

/** A store that only counts and remembers, in memory. */
export function memoryCounters(): Parts['store'] {
  const used = new Set<string>();
  const hits = new Map<string, number>();
  return {
    useOnce: async (key) => used.size < used.add(key).size,
    hit: async (bucket, limit, windowMs) => {
      hits.set(bucket, (hits.get(bucket) ?? 0) + 1);
      const allowed = (hits.get(bucket) ?? 0) <= limit;
      return { allowed, retryAfterMs: allowed ? 0 : windowMs };
    },
    epoch: async () => 'epoch',
    ping: async () => undefined,
  };
}

/** Builds the API around stubs; close it with `app.close()`. */
export function makeTestApi(
  given: { nests?: Partial<UseCases>; env?: Record<string, string>; parts?: Partial<Parts> } = {},
): TestApi {
  const config = testConfig(given.env);
  const called: string[] = [];
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line) => lines.push(line) });
  const clock: Clock = { now: () => api.now, sleep: async () => undefined };
  const ids: Ids = { uuid: () => randomUUID(), random: () => randomUUID() };
  const parts: Parts = {
    ...{ config, clock, ids, log, verify: verifyEvent },
    nests: stubNests(given.nests ?? {}, called),
    store: memoryCounters(),
    media: { ping: async () => undefined },
    feed: new LocalFeed(log),
    metrics: new Metrics(config.version),
    readWebhook: async () => null,
    testToken: async () => 'a.test.token',
    ...given.parts,
  };
  const app = buildApp(parts);
  const header = (by: Person, method: string, path: string, body?: string | Buffer): Promise<string> =>
    makeHttpAuth(
      {
        url: `${config.publicUrls[0]}${path}`,
        method,
        now: Math.floor(api.now / 1000),
        nonce: randomUUID(),
        ...(body === undefined ? {} : { body }),
      },
      by.sign,
    );
  const ask = async (
    method: string,
    path: string,
    { by, session, body, headers, from }: Ask = {},
  ): Promise<Reply> => {
    const text =
      body === undefined
        ? undefined
        : typeof body === 'string' || Buffer.isBuffer(body)
          ? body
          : JSON.stringify(body);
    const authorization = by
      ? await header(by, method, path, text)
      : session
        ? `Bearer ${session}`
        : undefined;
    const reply = await app.inject({
      method: method as 'GET',
      url: path,
      ...(from === undefined ? {} : { remoteAddress: from }),
      ...(text === undefined ? {} : { payload: text }),
      headers: {
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === undefined ? {} : { authorization }),
        ...headers,
      },
    });
    const json = String(reply.headers['content-type']).startsWith('application/json');
    return {
      status: reply.statusCode,
      headers: reply.headers,
      text: reply.payload,
      body: json && reply.payload !== '' ? (JSON.parse(reply.payload) as Record<string, unknown>) : {},
    };
  };
  const api: TestApi = {
    ...{ app, config, parts, ask, header, called },
    logged: () => lines.join(''),
    now: 1_800_000_000_000,
  };
  return api;
}
