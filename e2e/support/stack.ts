import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { freePort } from '../../api/free-port-for-tests.ts';

/** The programs that Nests consists of. */
export type PartName = 'livekit' | 'relay' | 'api';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY = /^Nests is ready: (http:\S+)$/;
/** The first start installs, builds and fetches what is missing. */
const START_MS = 300_000;
const STOP_MS = 15_000;
const PORTS = ['PORT', 'RELAY_PORT', 'LIVEKIT_PORT', 'LIVEKIT_UDP_PORT', 'LIVEKIT_TCP_PORT'] as const;

/** Where Nests keeps its things, and what else its environment says. */
export interface StackOptions {
  data?: string;
  env?: Record<string, string>;
}

/** The whole of Nests on this machine, started as its README says, on free ports and in a data folder of its own. */
export class Stack {
  /** Everything it printed, a line each. */
  readonly output: string[] = [];
  /** The address of the ready line. */
  url = '';
  private constructor(
    readonly data: string,
    readonly ports: Record<(typeof PORTS)[number], number>,
    private readonly child: ChildProcess,
  ) {}

  /**
   * Starts everything, in an empty folder unless an earlier stack's is given; resolves at the ready line.
   * @throws with the last lines when it ends or is not ready in time
   */
  static async start({ data, env = {} }: StackOptions = {}): Promise<Stack> {
    const folder = data ?? mkdtempSync(join(tmpdir(), 'nests-e2e-'));
    const ports = {} as Stack['ports'];
    for (const name of PORTS) ports[name] = await freePort();
    const portsAsText = Object.fromEntries(PORTS.map((name) => [name, String(ports[name])]));
    const child = spawn(process.execPath, ['standalone/start.js', '--data', folder], {
      cwd: ROOT,
      env: { ...process.env, ...portsAsText, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stack = new Stack(folder, ports, child);
    await stack.untilReady();
    return stack;
  }

  private async untilReady(): Promise<void> {
    const { child, output } = this;
    let impatience: NodeJS.Timeout | undefined;
    try {
      this.url = await new Promise<string>((resolve, reject) => {
        for (const stream of [child.stdout, child.stderr]) {
          if (!stream) continue;
          createInterface({ input: stream }).on('line', (line) => {
            output.push(line);
            const url = READY.exec(line)?.[1];
            if (url !== undefined) resolve(url);
          });
        }
        child.once('exit', () => reject(new Error('Nests ended before it was ready')));
        impatience = setTimeout(() => reject(new Error('Nests was not ready in time')), START_MS);
      });
    } catch (error) {
      child.kill('SIGTERM');
      throw new Error([String(error), ...output.slice(-40)].join('\n'), { cause: error });
    } finally {
      clearTimeout(impatience);
    }
  }

  /** Where its relay is. */
  get relayUrl(): string {
    return `ws://localhost:${this.ports.RELAY_PORT}`;
  }

  /** LiveKit, with the keys of this installation. */
  get livekit(): RoomServiceClient {
    const keys = this.readKeys();
    const url = `http://127.0.0.1:${this.ports.LIVEKIT_PORT}`;
    return new RoomServiceClient(url, keys['livekitApiKey'], keys['livekitApiSecret']);
  }

  /** Everything of this installation that nobody may ever read in a log. */
  keys(): string[] {
    return Object.entries(this.readKeys()).flatMap(([name, value]) => (/secret/i.test(name) ? [value] : []));
  }

  private readKeys(): Record<string, string> {
    return JSON.parse(readFileSync(join(this.data, 'keys.json'), 'utf8')) as Record<string, string>;
  }

  /** The process id of a part; null while it does not run. */
  pid(part: PartName): number | null {
    try {
      return Number(readFileSync(join(this.data, 'run', `${part}.pid`), 'utf8'));
    } catch {
      return null;
    }
  }

  /** Sends a signal to a part and returns the process id it had. */
  signal(part: PartName, signal: NodeJS.Signals): number {
    const pid = this.pid(part);
    if (pid === null) throw new Error(`${part} does not run`);
    process.kill(pid, signal);
    return pid;
  }

  /** Kills a part as a crash does; resolves when another process has taken its place. */
  async kill(part: PartName): Promise<void> {
    const killed = this.signal(part, 'SIGKILL');
    const hasSuccessor = (): boolean => ![null, killed].includes(this.pid(part));
    await expect.poll(hasSuccessor, { message: `another ${part} runs`, timeout: 30_000 }).toBe(true);
  }

  /** Whether LiveKit answers, asked without the API. */
  livekitAnswers(): Promise<boolean> {
    return this.livekit.listRooms().then(
      () => true,
      () => false,
    );
  }

  /** What each part has logged so far, as one text. */
  logs(): string {
    const folder = join(this.data, 'logs');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return [...this.output, ...files.map((file) => readFileSync(join(folder, file), 'utf8'))].join('\n');
  }

  /** Ctrl-C; resolves with the exit code when everything has ended. */
  async interrupt(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    const giveUp = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    const [code] = (await ended) as [number | null];
    clearTimeout(giveUp);
    return code;
  }

  /** Stops everything and forgets its data. */
  async stop(): Promise<void> {
    await this.interrupt();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** One stack for all tests of a file. Call it at the file's top; the function it returns gives the stack to a test. */
export function stackForThisFile(options: StackOptions = {}): () => Stack {
  let stack: Stack | null = null;
  test.beforeAll(async () => {
    test.setTimeout(START_MS + 10_000);
    stack = await Stack.start(options);
  });
  test.afterAll(() => stack?.stop());
  return () => {
    if (!stack) throw new Error('the stack is there during tests only');
    return stack;
  };
}
