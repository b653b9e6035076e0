import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { codeOf } from './sentence.js';

const execute = promisify(execFile);

/**
 * Whether a process runs.
 * @param {number} pid its id
 * @returns {boolean} true also for a process of somebody else; false for one that has ended and that nobody has asked about
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return !isZombie(pid);
}

/**
 * In a container, nobody may ask about orphans, which then stay on the list for ever.
 * @param {number} pid
 */
function isZombie(pid) {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the state is in parentheses, and may hold any character.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

/**
 * The words a process was started with.
 * @param {number} pid its id
 * @returns {Promise<string | undefined>} one line, or nothing when that cannot be learnt (gone, or on Windows)
 */
export async function commandOf(pid) {
  try {
    if (process.platform === 'linux') {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      return words.split('\0').join(' ').trim() || undefined;
    }
    const { stdout } = await execute('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Waits until a process is gone.
 * @param {number} pid its id
 * @param {number} limitMs how long at most
 * @returns {Promise<boolean>} whether it is gone
 */
export async function gone(pid, limitMs) {
  const end = Date.now() + limitMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}
