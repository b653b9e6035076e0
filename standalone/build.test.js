import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { build } from './build.js';
import { fingerprint } from './fingerprint.js';
import { run } from './run.js';
import { scratch } from './testing/scratch.js';

/** @type {string} */
let root;

/**
 * @param {string} path
 * @param {string} text
 */
async function file(path, text) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

beforeEach(async () => {
  root = await scratch();
  await file('package.json', '{"type":"module"}');
  await file('protocol/rooms.ts', 'export const name = (id: string): string => `${id}:1`;');
  await file('relay/main.ts', "import { name } from '@nests/protocol/rooms';\nconsole.log(name('relay'));");
  await file('api/cli/main.ts', "console.log('cli');");
  await file('api/main.ts', "import { join } from 'node:path';\nconsole.log(join('a', 'pi'));");
});

const make = () => build(root, { say: () => undefined, only: ['api', 'relay'] });

describe('building the servers', () => {
  it('bundles our own packages into one file that runs', async () => {
    expect(await make()).toEqual(['api', 'relay']);
    expect((await run(process.execPath, [join(root, 'relay', 'dist', 'main.js')])).trim()).toBe('relay:1');
    expect((await run(process.execPath, [join(root, 'api', 'dist', 'cli.js')])).trim()).toBe('cli');
  });

  it('is done again for those whose sources changed, and only for them', async () => {
    await make();
    expect(await make()).toEqual([]);
    await file('api/main.ts', 'console.log(2);');
    expect(await make()).toEqual(['api']);
    await file('protocol/rooms.ts', "export const name = (id: string): string => id + ':2';");
    expect(await make()).toEqual(['api', 'relay']);
    await file('relay/main.test.ts', 'tests are not built');
    expect(await make()).toEqual([]);
    await rm(join(root, 'relay', 'dist'), { recursive: true });
    expect(await make()).toEqual(['relay']);
  });

  it('tells all that the compiler found, and builds what can be built', async () => {
    await file('api/cli/main.ts', "console.log('cli');");
    await file('api/main.ts', "import './missing.ts';");
    await expect(make()).rejects.toThrow(/api could not be built:[^]*main\.ts:1:7[^]*missing\.ts/);
    await file('api/main.ts', 'console.log(1);');
    expect(await make()).toEqual(['api']);
  });
});

describe('the fingerprint of sources', () => {
  const of = () => fingerprint(root, ['api', 'protocol', 'nowhere']);

  it('is the same for the same contents, whenever they were written', async () => {
    const before = await of();
    await file('api/cli/main.ts', "console.log('cli');");
    await file('api/main.ts', "import { join } from 'node:path';\nconsole.log(join('a', 'pi'));");
    await file('api/dist/main.js', 'built');
    await file('api/node_modules/x/index.js', 'installed');
    expect(await of()).toBe(before);
  });

  it('changes with a file’s name, its contents, and with a new file', async () => {
    const seen = new Set([await of()]);
    await rename(join(root, 'api/main.ts'), join(root, 'api/other.ts'));
    seen.add(await of());
    await file('api/other.ts', 'x');
    seen.add(await of());
    await file('api/new.ts', '');
    seen.add(await of());
    expect(seen.size).toBe(4);
  });
});
