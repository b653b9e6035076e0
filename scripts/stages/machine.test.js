import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareMachine } from './machine.js';

/** @type {string} */
let bin;

beforeEach(async () => {
  bin = join(await mkdtemp(join(tmpdir(), 'nests-machine-')), 'bin');
  await mkdir(bin);
});

afterEach(() => rm(join(bin, '..'), { recursive: true }));

/**
 * @param {string} name
 * @param {string} [body]
 */
async function program(name, body = '') {
  await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(bin, name), 0o755);
}

const prepare = () => prepareMachine('/', { PATH: bin, NESTS_CHROMIUM: join(bin, 'chromium') });

const everything = () =>
  Promise.all(
    ['chromium', 'redis-server', 'ffmpeg', 'curl', 'caddy', 'shellcheck'].map((name) => program(name)),
  );

describe('what the tests need of the machine', () => {
  it('is left alone where it is there', async () => {
    await everything();
    await program('apt-get', 'exit 1');
    // The fonts are the machine's own: with them nothing is missing, without them apt-get is asked and fails.
    const { good, output } = await prepare();
    expect(good || output.includes('Still missing: fonts-noto')).toBe(true);
  });

  it('is named where it is missing and may not be installed', async () => {
    const { good, output } = await prepare();
    expect(good).toBe(false);
    expect(output).toContain('cannot be installed from here');
    expect(output).toContain('chromium: the browser journeys');
    expect(output).toContain('redis-server: the tests of the Redis store');
  });

  it.runIf(process.getuid?.() === 0)(
    'is installed where it may be, from fresh lists, and asking nobody',
    async () => {
      await everything();
      await rm(join(bin, 'ffmpeg'));
      await program(
        'apt-get',
        `echo "$DEBIAN_FRONTEND $*" >> ${bin}/asked
       if [ "$1" = install ]; then echo > ${bin}/ffmpeg; /bin/chmod +x ${bin}/ffmpeg; fi`,
      );
      await prepare();
      const [first, second] = (await readFile(join(bin, 'asked'), 'utf8')).split('\n');
      expect(first).toBe('noninteractive update --quiet');
      expect(second).toMatch(/^noninteractive install --yes --quiet --no-install-recommends ffmpeg/);
    },
  );

  it.runIf(process.getuid?.() === 0)('is named where the system’s packages do not bring it', async () => {
    await everything();
    await rm(join(bin, 'redis-server'));
    await program('apt-get', 'echo "E: no such package"; exit 100');
    const { good, output } = await prepare();
    expect(good).toBe(false);
    expect(output).toMatch(/E: no such package[^]*Still missing: .*redis-server/);
  });
});
