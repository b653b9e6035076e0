import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Outcome how a command went
 * @property {boolean} good whether it ended with code 0, in time
 * @property {string} output what it printed, unless that was shown while it ran
 */

/**
 * Runs a command without input, and ends everything it started.
 * @param {string} command the program
 * @param {string[]} args its arguments
 * @param {object} options how
 * @param {string} options.cwd the working folder
 * @param {NodeJS.ProcessEnv} [options.env] set beside ours
 * @param {boolean} [options.live] whether to show what it prints while it runs, instead of keeping it
 * @param {(line: string) => void} [options.onLine] told every line while it runs
 * @param {number} options.limitMs after which it is killed
 * @returns {Promise<Outcome>} never rejects: a command that cannot be started is a bad outcome
 */
export function command(command, args, { cwd, env, live = false, onLine, limitMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
      detached: process.platform !== 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
      if (stream && onLine) createInterface({ input: stream }).on('line', onLine);
    }
    const endAll = () => {
      try {
        if (child.pid !== undefined)
          process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // It has ended, and left nothing behind.
      }
    };
    const timer = setTimeout(() => {
      output += `\nstopped after ${limitMs / 60_000} minutes\n`;
      if (live) console.log(`stopped after ${limitMs / 60_000} minutes`);
      endAll();
    }, limitMs);
    // A group of its own does not get the terminal's Ctrl-C.
    const interrupted = () => {
      endAll();
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    /**
     * @param {boolean} good
     * @param {string} [why]
     */
    const finish = (good, why = '') => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      resolve({ good, output: output + why });
    };
    child.on('error', (error) => finish(false, `${command} could not be started: ${error.message}\n`));
    child.on('close', (code) => finish(code === 0));
  });
}
