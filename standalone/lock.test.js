import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { putAside, tryLock, waitForLock } from './lock.js';
import { commandOf } from './processes.js';
import { scratch, until } from './testing/scratch.js';

/**
 * A process that lives until the test is over.
 * @param {string} word in its command line
 */
async function neighbour(word) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', word]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const pid = child.pid ?? 0;
  await until(async () => (await commandOf(pid))?.includes(word) === true);
  return { pid, child };
}

describe('the lock on a data folder', () => {
  it('is for one at a time, and free again once it is given back', async () => {
    const path = join(await scratch(), 'run', 'start.lock');
    const first = await tryLock(path);
    expect(first).toHaveProperty('lock');
    expect(await tryLock(path)).toEqual({ heldBy: process.pid });
    if ('lock' in first) await first.lock.release();
    expect(await tryLock(path)).toHaveProperty('lock');
    expect(await readdir(join(path, '..'))).toEqual(['start.lock']);
  });

  it('is one’s who holds it, as long as they live', async () => {
    const path = join(await scratch(), 'start.lock');
    const { pid, child } = await neighbour('start.js');
    await writeFile(path, `${pid}\n`);
    expect(await tryLock(path)).toEqual({ heldBy: pid });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await tryLock(path)).toHaveProperty('lock');
  });

  it('is not held by a stranger who got the process id since', async () => {
    const path = join(await scratch(), 'start.lock');
    const { pid } = await neighbour('a-stranger');
    await writeFile(path, `${pid}\n`);
    expect(await tryLock(path)).toHaveProperty('lock');
  });

  it('is not held by half a file', async () => {
    const path = join(await scratch(), 'start.lock');
    await writeFile(path, '');
    expect(await tryLock(path)).toHaveProperty('lock');
  });

  it('stays with whoever took it over first, of two who saw that nobody held it', async () => {
    const folder = await scratch();
    const path = join(folder, 'start.lock');
    await writeFile(path, '12345\n');
    await putAside(path, join(folder, 'one'), '12345\n');
    expect(await tryLock(path)).toHaveProperty('lock');
    await putAside(path, join(folder, 'two'), '12345\n');
    expect(await readFile(path, 'utf8')).toBe(`${process.pid}\n`);
    expect(await readdir(folder)).toEqual(['start.lock']);
  });

  it('can be waited for', async () => {
    const path = join(await scratch(), 'start.lock');
    const first = await tryLock(path);
    let waited = 0;
    const second = waitForLock(path, {
      onWait: () => {
        waited += 1;
        if ('lock' in first) void first.lock.release();
      },
    });
    expect(await second).toHaveProperty('release');
    expect(waited).toBe(1);
  });

  it('can be waited for no longer', async () => {
    const path = join(await scratch(), 'start.lock');
    await tryLock(path);
    const stop = new AbortController();
    await expect(waitForLock(path, { onWait: () => stop.abort(), signal: stop.signal })).rejects.toThrow(
      /abort/i,
    );
  });
});
