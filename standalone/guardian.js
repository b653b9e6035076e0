import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Guardian told about every part, so that none outlives us
 * @property {(pid: number) => void} add a part was started
 * @property {(pid: number) => void} remove it has ended
 * @property {() => Promise<void>} end nothing is left to guard; resolves when the guard is gone
 */

/**
 * Starts the guard (see `guard.js`), which ends our parts should we be killed.
 * @returns {Guardian} how to tell it what there is
 */
export function startGuard() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('guard.js', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', resolve);
  });
  // Should the guard itself be killed, everything goes on; the next start still finds leftovers by their pid files.
  child.stdin.on('error', () => undefined);
  return {
    add: (pid) => child.stdin.write(`+${pid}\n`),
    remove: (pid) => child.stdin.write(`-${pid}\n`),
    end: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
