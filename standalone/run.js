import { spawn } from 'node:child_process';
import { lines } from './lines.js';

const LINES_KEPT = 60;
const WINDOWS = process.platform === 'win32';

/** A command that could not be started, failed or took too long; `lastLines` is what it said at the end. */
export class CommandFailed extends Error {
  /** @override */
  name = 'CommandFailed';

  /**
   * @param {string} message one sentence
   * @param {string[]} lastLines the end of its output, oldest first
   */
  constructor(message, lastLines) {
    super(message);
    this.lastLines = lastLines;
  }
}

/**
 * Ends a process that was started as the leader of its own group, with everything it started.
 * @param {number} pid its process id
 * @param {NodeJS.Signals} signal what to send; a process that is gone already is no error
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(WINDOWS ? pid : -pid, signal);
  } catch {
    // Gone already: that is what was wanted.
  }
}

/**
 * Runs a command to its end. It gets no input, and a process group of its own, so that Ctrl-C in the terminal reaches
 * it through us and in our order.
 * @param {string} command the program
 * @param {string[]} args its arguments
 * @param {object} [options] how to run it
 * @param {string} [options.cwd] its working folder
 * @param {NodeJS.ProcessEnv} [options.env] its environment, ours when left out
 * @param {number} [options.timeoutMs] after which it is killed
 * @param {AbortSignal} [options.signal] which kills it
 * @param {(line: string) => void} [options.onLine] told every line it prints
 * @returns {Promise<string>} what it printed on stdout
 * @throws {CommandFailed} when it cannot be started, ends with another code than 0, is killed or takes too long
 */
export function run(command, args, { cwd, env, timeoutMs, signal, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const name = [command, ...args].join(' ');
    // npm is a batch file on Windows, which only a shell can start.
    const shell = WINDOWS && command === 'npm';
    const child = spawn(command, args, {
      cwd,
      env,
      shell,
      detached: !WINDOWS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {string[]} */
    const last = [];
    let printed = '';
    /** @type {string | undefined} */
    let killedBecause;
    /** @param {string} why */
    const kill = (why) => {
      killedBecause = why;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => kill('took too long'), timeoutMs);
    const onAbort = () => kill('was stopped');
    signal?.addEventListener('abort', onAbort);
    /** @param {string} line */
    const keep = (line) => {
      last.push(line);
      if (last.length > LINES_KEPT) last.shift();
      onLine?.(line);
    };
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => (printed += chunk.toString()));
    lines(child.stdout, keep);
    lines(child.stderr, keep);
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    child.on('error', (error) => {
      done();
      reject(new CommandFailed(`\`${name}\` could not be started: ${error.message}`, last));
    });
    child.on('close', (code, endedBy) => {
      done();
      if (code === 0) {
        resolve(printed);
        return;
      }
      const how = killedBecause ?? (endedBy ? `was ended by ${endedBy}` : `ended with code ${code ?? '?'}`);
      reject(new CommandFailed(`\`${name}\` ${how}`, last));
    });
    if (signal?.aborted) onAbort();
  });
}
