import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT, type Compose, type Service } from './compose.ts';
import { freePort } from '../../api/free-port-for-tests.ts';

const PATIENCE_MS = 30_000;

/** Where the LiveKit server for tests is; `NESTS_LIVEKIT_SERVER` names another. */
export function livekitProgram(): string | null {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const file = process.env['NESTS_LIVEKIT_SERVER'] ?? path.join(cache, 'nests', 'livekit-server-1.13.5');
  return existsSync(file) ? file : null;
}

/** Whether this machine has a program. */
export function hasProgram(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => folder !== '' && existsSync(path.join(folder, name)));
}

/** What came of a command that has ended. */
export interface Ended {
  code: number | null;
  output: string;
}

/** Runs a command to its end. */
export async function run(command: string[], env: Record<string, string | undefined> = {}): Promise<Ended> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await Promise.race([once(child, 'close'), once(child, 'error')])) as [unknown];
  return {
    code: typeof code === 'number' ? code : null,
    output: typeof code === 'number' ? output : String(code),
  };
}

/**
 * One machine that plays all containers of a deployment: the same commands with the same environment and files, where the
 * names of services are this machine's address, their ports are free ones, and their folders lie in a temporary one.
 */
export class Host {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'nests-compose-'));
  readonly #compose: Compose;
  /** service → its port inside → the one it has here */
  readonly #ports = new Map<string, Map<number, number>>();
  readonly #running: { name: string; child: ChildProcess }[] = [];
  /** service → what it has printed, in all its lives */
  readonly #printed = new Map<string, string>();

  private constructor(compose: Compose) {
    this.#compose = compose;
  }

  /**
   * Makes the secrets and finds free ports.
   * @param ports of each service inside its container, published or not
   */
  static async prepare(compose: Compose, ports: Record<string, number[]>): Promise<Host> {
    const host = new Host(compose);
    for (const [service, inside] of Object.entries(ports)) {
      const here = new Map<number, number>();
      for (const port of inside) here.set(port, await freePort());
      host.#ports.set(service, here);
    }
    mkdirSync(path.join(host.folder, 'deploy'));
    cpSync(path.join(ROOT, 'deploy/make-secrets.sh'), path.join(host.folder, 'deploy/make-secrets.sh'));
    const { code, output } = await run(['bash', path.join(host.folder, 'deploy/make-secrets.sh')]);
    if (code !== 0) throw new Error(`make-secrets.sh failed:\n${output}`);
    return host;
  }

  /** The port that a service's port has here. */
  port(service: string, inside: number): number {
    const port = this.#ports.get(service)?.get(inside);
    if (port === undefined) throw new Error(`${service} has no port ${inside}`);
    return port;
  }

  /** The text of a secret. */
  secret(name: string): string {
    return readFileSync(path.join(this.folder, 'deploy/secrets', name), 'utf8').trim();
  }

  /** Everything that a service has printed, also before it was killed and started again. */
  output(service: string): string {
    return this.#printed.get(service) ?? '';
  }

  /** The process that plays a service now. */
  pid(service: string): number | undefined {
    return this.#running.find(({ name }) => name === service)?.child.pid;
  }

  /** The environment of a service, as it is here. */
  environment(name: string): Record<string, string> {
    const entries = Object.entries(this.#service(name).environment ?? {});
    // YAML has numbers and nothing where Compose has texts.
    return Object.fromEntries(entries.map(([key, value]) => [key, this.#here(name, String(value ?? ''))]));
  }

  /** Starts a service, also one that was killed, after what it depends on, and waits until it is well. */
  async start(name: string): Promise<void> {
    if (this.#running.some((one) => one.name === name)) return;
    const service = this.#service(name);
    const needed = service.depends_on ?? [];
    for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) await this.start(other);
    for (const { source, target } of service.configs ?? []) {
      const file = this.#compose.configs?.[source]?.file ?? '';
      const text = this.#here(name, readFileSync(path.join(ROOT, file), 'utf8'));
      mkdirSync(path.dirname(this.#path(name, target)), { recursive: true });
      writeFileSync(this.#path(name, target), this.#extra(name) + text);
    }
    mkdirSync(this.#path(name, '/data'), { recursive: true });
    const [program = '', ...words] = this.#command(name, service);
    const child = spawn(program, words, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: this.#path(name, '/data'), ...this.environment(name) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.push({ name, child });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.#printed.set(name, this.output(name) + chunk.toString()));
    await this.#untilWell(name, service, child);
  }

  /** Ends a service as a crash does. */
  async kill(name: string): Promise<void> {
    const at = this.#running.findIndex((one) => one.name === name);
    const [running] = at < 0 ? [] : this.#running.splice(at, 1);
    if (!running || running.child.exitCode !== null) return;
    const ended = once(running.child, 'exit');
    running.child.kill('SIGKILL');
    await ended;
  }

  /** Ends everything, the last first, and removes its folder. */
  async stop(): Promise<void> {
    for (const { name } of [...this.#running].reverse()) await this.kill(name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #service(name: string): Service {
    const service = this.#compose.services[name];
    if (!service) throw new Error(`there is no service ${name}`);
    return service;
  }

  /** The command of the container, and of its image where it names none. */
  #command(name: string, { image = '', command = [] }: Service): string[] {
    const words = command.map((word) => this.#here(name, word));
    if (image.startsWith('livekit/')) return [livekitProgram() ?? 'livekit-server', ...words];
    if (image.startsWith('caddy:'))
      return ['caddy', 'run', '--adapter', 'caddyfile', '--config', this.#path(name, '/etc/caddy/Caddyfile')];
    // Redis is told by its image where it keeps its data; its port is no setting of ours.
    if (image.startsWith('redis:'))
      return [...words, '--dir', this.#path(name, '/data'), '--port', String(this.port(name, 6379))];
    if (image.startsWith('nests:') && words[0] === 'node') return [process.execPath, ...words.slice(1)];
    throw new Error(`nobody knows how to play ${image}`);
  }

  /** What Caddy needs beside its file on a machine whose ports 80 and 443 are somebody else's. */
  #extra(name: string): string {
    if (name !== 'proxy') return '';
    const [http, https] = [this.port(name, 80), this.port(name, 443)];
    return `{\n\tadmin off\n\tskip_install_trust\n\thttp_port ${http}\n\thttps_port ${https}\n}\n`;
  }

  /** A path inside the container, on this machine. */
  #path(service: string, inside: string): string {
    return path.join(this.folder, service, inside);
  }

  /** A text of a container with the names, ports and folders of this machine. */
  #here(service: string, text: string): string {
    const { volumes = [] } = this.#service(service);
    const own = this.#ports.get(service) ?? new Map<number, number>();
    let here = text.replaceAll('/run/secrets/', `${this.folder}/deploy/secrets/`);
    for (const volume of volumes) {
      const [source = '', target = ''] = volume.split(':');
      const there = source.startsWith('./') ? path.join(this.folder, source) : this.#path(service, target);
      here = here.replace(new RegExp(`^${target}(?=/|$)`), there);
    }
    if (/^\/etc\/\w+\.yaml$/.test(here)) here = this.#path(service, here);
    here = here.replace(/([\w.-]+):(\d+)/g, (whole, name: string, port: string) => {
      if (name === 'localhost') return `localhost:${this.#published(Number(port)) ?? port}`;
      const found = name === '127.0.0.1' ? own.get(Number(port)) : this.#ports.get(name)?.get(Number(port));
      return found === undefined ? whole : `127.0.0.1:${found}`;
    });
    // Ports of its own: alone, or as values of a configuration.
    here = here.replace(/^\d+$/, (port) => String(own.get(Number(port)) ?? port));
    return here
      .replace(/port: (\d+)$/gm, (_whole, port: string) => `port: ${own.get(Number(port)) ?? port}`)
      .replace(/http:\/\/:(\d+)/g, (_whole, port: string) => `http://:${own.get(Number(port)) ?? port}`);
  }

  /** Where a port of the host leads. */
  #published(port: number): number | undefined {
    for (const [name, { ports = [] }] of Object.entries(this.#compose.services)) {
      for (const published of ports) {
        const [, outside, inside] = /(\d+):(\d+)(?:\/udp)?$/.exec(published) ?? [];
        if (Number(outside) === port) return this.#ports.get(name)?.get(Number(inside));
      }
    }
    return undefined;
  }

  async #untilWell(name: string, { healthcheck, image = '' }: Service, child: ChildProcess): Promise<void> {
    const [, program = '', ...words] = (healthcheck?.test ?? []).map((word) => this.#here(name, word));
    const port = image.startsWith('redis:') ? ['-p', String(this.port(name, 6379))] : [];
    const first = [...(this.#ports.get(name)?.values() ?? [])][0] ?? 0;
    const isWell = async (): Promise<boolean> => {
      if (program !== '') return (await run([program, ...port, ...words])).code === 0;
      return fetch(`http://127.0.0.1:${first}/`).then(
        () => true,
        () => false,
      );
    };
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isWell())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${name} is not well:\n${this.output(name).slice(-4000)}`);
      await pause(50);
    }
  }
}
