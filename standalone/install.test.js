import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { installPackages } from './install.js';
import { scratch } from './testing/scratch.js';

/** @type {string} */
let root;

/** An npm that notes what it was asked and installs by copying the lock file, as npm does. */
const NPM = `
import { appendFileSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
appendFileSync('asked', process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules');
copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

beforeEach(async () => {
  root = await scratch();
  await writeFile(join(root, 'npm.js'), NPM);
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await lock({ 'node_modules/fastify': { version: '5.0.0' } });
});

/** @param {Record<string, object>} packages */
const lock = (packages) =>
  writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, api: {}, ...packages } }));

const install = () =>
  installPackages(root, { say: () => undefined, env: { npm_execpath: join(root, 'npm.js') } });

const timesAsked = async () =>
  (await readFile(join(root, 'asked'), 'utf8').catch(() => '')).split('\n').length - 1;

describe('installing the packages', () => {
  it('is done once, and again when the lock file changes', async () => {
    expect(await install()).toBe(true);
    expect(await install()).toBe(false);
    await lock({ 'node_modules/fastify': { version: '5.0.1' } });
    expect(await install()).toBe(true);
    expect(await timesAsked()).toBe(2);
  });

  it('brings what building needs, whatever NODE_ENV says', async () => {
    await install();
    expect(await readFile(join(root, 'asked'), 'utf8')).toMatch(/^ci --include=dev --include=optional /);
  });

  it('is done again when node_modules was removed', async () => {
    await install();
    await rm(join(root, 'node_modules'), { recursive: true });
    expect(await install()).toBe(true);
  });

  it('is not done over what somebody installed themselves, where that is what the lock file asks for', async () => {
    await lock({
      'node_modules/fastify': { version: '5.0.0' },
      'node_modules/for-another-system': { version: '1.0.0', optional: true },
      'node_modules/@nests/api': { link: true },
    });
    await mkdir(join(root, 'node_modules'));
    const present = { packages: { 'node_modules/fastify': { version: '5.0.0' } } };
    await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify(present));
    expect(await install()).toBe(false);
    expect(existsSync(join(root, 'asked'))).toBe(false);
  });

  it('tells what npm said when it fails', async () => {
    await writeFile(join(root, 'npm.js'), 'console.error("npm error network"); process.exit(1);');
    await expect(install()).rejects.toThrow('`npm ci` failed.\n  npm error network');
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });
});
