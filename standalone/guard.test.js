import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGuard } from './guardian.js';
import { endLeftovers } from './leftovers.js';
import { gone, isAlive } from './processes.js';
import { scratch, until } from './testing/scratch.js';

const here = (/** @type {string} */ file) => JSON.stringify(new URL(file, import.meta.url).href);
const IDLE = 'setInterval(() => {}, 1000)';

/**
 * A process in a group of its own, like a part.
 * @param {string} program
 * @param {string[]} [words] more of its command line
 */
async function lonePart(program, words = []) {
  const child = spawn(process.execPath, ['-e', `${program};console.log('up')`, '--', ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

describe('when start is killed', () => {
  it('its parts end too, also those that would not', async () => {
    const notes = join(await scratch(), 'pids');
    const start = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { spawn } from 'node:child_process';
         import { writeFileSync } from 'node:fs';
         import { startGuard } from ${here('guardian.js')};
         const guardian = startGuard();
         const pids = [${JSON.stringify(IDLE)}, "process.on('SIGTERM', () => {});" + ${JSON.stringify(IDLE)}].map((program) => {
           const { pid } = spawn(process.execPath, ['-e', program], { detached: true, stdio: 'ignore' });
           guardian.add(pid);
           return pid;
         });
         writeFileSync(${JSON.stringify(notes)}, JSON.stringify(pids));
         ${IDLE};`,
      ],
      { stdio: 'ignore' },
    );
    await until(async () => (await readFile(notes, 'utf8').catch(() => '')) !== '');
    const pids = /** @type {unknown} */ (JSON.parse(await readFile(notes, 'utf8')));
    const [one, two] = Array.isArray(pids) ? pids.map(Number) : [];
    expect(isAlive(one ?? 0) && isAlive(two ?? 0)).toBe(true);
    start.kill('SIGKILL');
    expect(await gone(one ?? 0, 15_000)).toBe(true);
    expect(await gone(two ?? 0, 15_000)).toBe(true);
  });

  it('those that have ended before are not looked for', async () => {
    const stranger = await lonePart(IDLE);
    const guardian = startGuard();
    guardian.add(stranger);
    guardian.remove(stranger);
    await guardian.end();
    expect(isAlive(stranger)).toBe(true);
  });
});

describe('what an earlier start has left', () => {
  it('is ended, if its command line names our data folder', async () => {
    const folder = await scratch();
    const [ours, stranger] = [await lonePart(IDLE, ['--data', folder]), await lonePart(IDLE)];
    await writeFile(join(folder, 'relay.pid'), `${ours}\n`);
    await writeFile(join(folder, 'api.pid'), `${stranger}\n`);
    await writeFile(join(folder, 'livekit.pid'), 'damaged');
    expect(await endLeftovers(folder, folder)).toEqual(['relay']);
    expect(isAlive(ours)).toBe(false);
    expect(isAlive(stranger)).toBe(true);
  });

  it('may be nothing', async () => {
    expect(await endLeftovers(join(await scratch(), 'run'), '/data')).toEqual([]);
  });
});
