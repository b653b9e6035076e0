import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './folders.js';
import { commandOf, isAlive } from './processes.js';
import { codeOf } from './sentence.js';

const ASK_AGAIN_MS = 200;

/**
 * @typedef {object} Lock a file that says which process holds something
 * @property {() => Promise<void>} release gives it back; the process's end does too
 */

/**
 * Takes a lock, unless a living process of Nests holds it. A lock whose process is gone, or whose process id went to
 * some other program since, is taken over.
 * @param {string} path the lock's file
 * @param {object} [options] how
 * @param {string} [options.program] a word in the holder's command line, which tells it from other programs
 * @returns {Promise<{lock: Lock} | {heldBy: number}>} the lock, or the process that has it
 * @throws {import('./sentence.js').Sentence} when its folder cannot be made
 */
export async function tryLock(path, { program = 'start.js' } = {}) {
  await makeFolder(dirname(path));
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, `${process.pid}\n`, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // Unlike a write, a link is there whole or not at all, and the first of two wins.
        await link(draft, path);
        return { lock: { release: () => rm(path, { force: true }) } };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const stale = await readFile(path, 'utf8').catch(() => '');
      const holder = await holderIn(stale, program);
      if (holder !== undefined) return { heldBy: holder };
      await putAside(path, `${draft}.stale`, stale);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Takes a lock, waiting until whoever has it gives it back.
 * @param {string} path the lock's file
 * @param {object} options how
 * @param {() => void} options.onWait told once, when somebody else has it
 * @param {AbortSignal} [options.signal] gives up
 * @param {string} [options.program] as for `tryLock`
 * @returns {Promise<Lock>} the lock
 */
export async function waitForLock(path, { onWait, signal, program }) {
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const result = await tryLock(path, program === undefined ? {} : { program });
    if ('lock' in result) return result.lock;
    if (!told) onWait();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/**
 * Removes a lock that nobody holds. Since it was read, another start may have seen the same, removed it and taken the
 * lock for itself: what is taken away by mistake is put back.
 * @param {string} path the lock's file
 * @param {string} aside a name of our own
 * @param {string} stale what stood in it
 */
export async function putAside(path, aside, stale) {
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * @param {string} text what stands in a lock
 * @param {string} program
 * @returns {Promise<number | undefined>} the living process that holds it
 */
async function holderIn(text, program) {
  const pid = Number(text.trim());
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  if (pid === process.pid) return pid;
  const command = await commandOf(pid);
  return command === undefined || command.includes(program) ? pid : undefined;
}
