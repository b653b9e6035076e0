import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { vi } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

const CACHE = path.join(root, 'node_modules', '.cache');

/** A new folder for what is bundled for a test, where it finds the packages it leaves out. */
export function bundleFolder(): string {
  mkdirSync(CACHE, { recursive: true });
  return mkdtempSync(path.join(CACHE, 'nests-api-'));
}

/** Bundles the API as it is delivered, from the sources as they are now; answers the program's file. */
export async function buildApi(dir: string): Promise<string> {
  const outfile = path.join(dir, 'main.js');
  await build({
    ...{ absWorkingDir: root, entryPoints: ['api/main.ts'], outfile, bundle: true },
    ...{ platform: 'node', format: 'esm', target: 'node20.19', packages: 'external', logLevel: 'error' },
    plugins: [
      {
        name: 'own-packages',
        setup(bundle) {
          const source = (name: string) => `${path.join(root, name.slice('@nests/'.length))}.ts`;
          bundle.onResolve({ filter: /^@nests\// }, (asked) => ({ path: source(asked.path) }));
        },
      },
    ],
  });
  return outfile;
}

/** The API as a process of its own. */
export interface ApiProcess {
  child: ChildProcess;
  /** everything it has said so far */
  said: { out: string; err: string };
  /** its exit code, once it has ended */
  ended: Promise<number | null>;
}

/** Starts the API with these settings and no others. */
export function startApi(file: string, env: Record<string, string>, nodeOptions: string[] = []): ApiProcess {
  const child = spawn(process.execPath, [...nodeOptions, file], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]) => code as number | null);
  return { child, said, ended };
}

/** The port it listens on, as soon as it says so. */
export async function portOf({ said }: Pick<ApiProcess, 'said'>): Promise<number> {
  return vi.waitFor(
    () => {
      const line = said.out.split('\n').find((text) => text.includes('"api listening"'));
      if (line === undefined) throw new Error(`The API does not listen: ${said.out}${said.err}`);
      return (JSON.parse(line) as { port: number }).port;
    },
    { timeout: 15_000 },
  );
}
