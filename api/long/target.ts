import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { livekitBinary, startLiveKit } from '../media/testing.ts';
import type { LiveKitSettings } from '../media/livekit.ts';
import { systemClock } from '../nests/clock.ts';
import type { NestRecord } from '../nests/record.ts';
import { buildApi, bundleFolder, portOf, startApi, type ApiProcess } from '../process-for-tests.ts';
import { openLibsqlStore } from '../store/libsql.ts';
import { SECRET_OF_A_FILE } from './attack.ts';
import { headerOf, makeKeyholder, rightTemplate, sign, type Keyholder } from './keys.ts';
import { send } from './wire.ts';

const nests = '/api/v1/nests';
const PUBLIC_URL = 'http://localhost:5544';
const SECRET = 'the-secret-of-the-long-test-0123456789';
/** A signal makes the API process collect its garbage, so that what it really holds can be measured. */
const COLLECTS = `data:text/javascript,process.on('SIGUSR2', () => globalThis.gc())`;

/** What is attacked: an API process with nests in it, and what an attacker may have got hold of. */
export interface Target {
  port: number;
  publicUrl: string;
  /** what signs the sessions; no attacker has it, but forging with it shows what else is checked */
  secret: string;
  livekit: LiveKitSettings;
  host: Keyholder;
  speaker: Keyholder;
  listener: Keyholder;
  banned: Keyholder;
  member: Keyholder;
  attacker: Keyholder;
  nests: { open: string; closed: string; planned: string; ended: string };
  /** sessions of the open nest, and the host's of the closed one */
  sessions: {
    host: string;
    listener: string;
    banned: string;
    guest: string;
    removed: string;
    closed: string;
  };
  /** an invitation's id */
  invite: string;
}

/** After so many looks (two a second) at a memory that does not become less, it has settled. */
const SETTLED_LOOKS = 12;

/** A real API process on a real LiveKit and the embedded store. */
export class Fortress {
  readonly #dir = bundleFolder();
  #livekit: Awaited<ReturnType<typeof startLiveKit>> | undefined;
  #api: ApiProcess | undefined;
  #file = '';
  #records: NestRecord[] = [];
  target!: Target;

  /** Starts everything, fills it, and starts it again on what it left. */
  async open(): Promise<void> {
    const binary = livekitBinary();
    if (binary === null) throw new Error('There is no LiveKit server; NESTS_LIVEKIT_SERVER can name one');
    this.#livekit = await startLiveKit(binary);
    this.#file = await buildApi(this.#dir);
    mkdirSync(path.join(this.#dir, 'web'));
    writeFileSync(path.join(this.#dir, 'web', 'index.html'), '<!doctype html><title>Nests</title>');
    writeFileSync(path.join(this.#dir, 'outside.txt'), SECRET_OF_A_FILE);
    const port = await this.#start();
    this.target = await furnish(port, this.#livekit.settings);
    await this.#stop();
    this.#records = await this.#stored();
    this.target = { ...this.target, port: await this.#start() };
  }

  /** What the API process holds, in MiB, once it has come to rest: when it has not become less for a while. */
  async residentMiB(): Promise<number> {
    const { child } = this.#running();
    let least = Infinity;
    for (let unchanged = 0; unchanged < SETTLED_LOOKS; unchanged += 1) {
      child.kill('SIGUSR2');
      await pause(500);
      const now = residentMiB(child.pid ?? 0);
      if (now < least * 0.99) unchanged = 0;
      least = Math.min(least, now);
    }
    return least;
  }

  /** Whether the process that was started is still the one that runs. */
  isAlive(): boolean {
    const { child } = this.#running();
    return child.exitCode === null && child.signalCode === null;
  }

  /** Lines of its log that say something went wrong. */
  errors(): string[] {
    const { said } = this.#running();
    return [...said.out.split('\n').filter((line) => line.includes('"level":"error"')), said.err].filter(
      Boolean,
    );
  }

  /** Stops the API, and answers what its store has lost, gained or changed since it was filled. */
  async stopAndCompare(): Promise<{ before: unknown[]; after: unknown[] }> {
    await this.#stop();
    return { before: this.#records.map(lasting), after: (await this.#stored()).map(lasting) };
  }

  /** Ends everything at once, and leaves nothing behind. */
  async close(): Promise<void> {
    this.#api?.child.kill('SIGKILL');
    await this.#livekit?.stop();
    rmSync(this.#dir, { recursive: true });
  }

  async #start(): Promise<number> {
    const { url, apiKey, apiSecret } = this.#livekit?.settings ?? { url: '', apiKey: '', apiSecret: '' };
    const env = {
      ...{ PORT: '0', NESTS_PUBLIC_URL: PUBLIC_URL, NESTS_SECRET: SECRET, NESTS_UNSAFE_NO_LIMITS: 'on' },
      ...{ NESTS_DATA_DIR: path.join(this.#dir, 'data'), NESTS_WEB_DIR: path.join(this.#dir, 'web') },
      ...{ LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
    };
    this.#api = startApi(this.#file, env, ['--expose-gc', '--import', COLLECTS]);
    return portOf(this.#api);
  }

  async #stop(): Promise<void> {
    const { child, ended, said } = this.#running();
    child.kill('SIGTERM');
    if ((await ended) !== 0) throw new Error(`The API did not end well: ${said.err}`);
  }

  async #stored(): Promise<NestRecord[]> {
    const store = await openLibsqlStore(path.join(this.#dir, 'data', 'nests.db'), systemClock);
    const records = await store.all();
    await store.close();
    return records.sort((a, b) => a.id.localeCompare(b.id));
  }

  #running(): ApiProcess {
    if (!this.#api) throw new Error('Nothing runs');
    return this.#api;
  }
}

/** What time alone does not change: signs of life and the coming and going of rooms are left out. */
function lasting(record: NestRecord): unknown {
  const { rev: _, lastAliveAt: __, idle: ___, generation: ____, lastGeneration: _____, ...rest } = record;
  return { ...rest, retired: [], pending: undefined, roomSid: undefined };
}

function residentMiB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  }
}

/** Makes nests in each state of life, with people of each rank, and keeps their sessions. */
async function furnish(port: number, livekit: LiveKitSettings): Promise<Target> {
  const [host, speaker, listener, banned, member, attacker] = [1, 2, 3, 4, 5, 6].map(makeKeyholder) as [
    ...[Keyholder, Keyholder, Keyholder, Keyholder, Keyholder, Keyholder],
  ];
  const ask = async (method: string, at: string, by: Keyholder | null, given?: object): Promise<Made> => {
    const body = given === undefined ? undefined : Buffer.from(JSON.stringify(given));
    const url = `${PUBLIC_URL}${at}`;
    const headers = {
      ...(by === null ? {} : { authorization: headerOf(sign(rightTemplate({ url, method, body }), by)) }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const { statuses, text } = await send(port, {
      method,
      path: at,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (statuses[0] === undefined || statuses[0] >= 300)
      throw new Error(`${method} ${at}: ${String(statuses)} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Made;
  };
  const make = (options: object): Promise<Made> =>
    ask('PUT', nests, host, { relays: ['wss://relay.example'], hls_stream: false, ...options });

  const open = await make({});
  const closed = await make({ access: 'invite' });
  const planned = await make({ starts: Math.floor(Date.now() / 1000) + 86_400 });
  const ended = await make({});
  await ask('DELETE', `${nests}/${ended.roomId}`, host);

  const at = `${nests}/${open.roomId}`;
  const [listening, banning, guest, removing] = [
    await ask('GET', at, listener),
    await ask('GET', at, banned),
    await ask('GET', `${at}/guest`, null),
    await ask('GET', `${at}/guest`, null),
  ];
  await ask('POST', `${at}/permissions`, host, { participant: speaker.pubkey, can_publish: true });
  await ask('POST', `${at}/remove`, host, { participant: banned.pubkey, ban: true });
  await ask('POST', `${at}/remove`, host, { participant: identityIn(removing.token), ban: false });
  await ask('PUT', `${at}/members/${member.pubkey}`, host);
  const invite = await ask('POST', `${at}/invites`, host);
  return {
    ...{ port, publicUrl: PUBLIC_URL, secret: SECRET, livekit },
    ...{ host, speaker, listener, banned, member, attacker },
    nests: { open: open.roomId, closed: closed.roomId, planned: planned.roomId, ended: ended.roomId },
    sessions: {
      ...{ host: open.session, listener: listening.session, banned: banning.session },
      ...{ guest: guest.session, removed: removing.session, closed: closed.session },
    },
    invite: invite.id,
  };
}

/** What replies may have in them. */
interface Made {
  roomId: string;
  session: string;
  token: string;
  id: string;
}

/** Whom a LiveKit token is for. */
function identityIn(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { sub: string }).sub;
}
