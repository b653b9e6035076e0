import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { lines } from './lines.js';
import { signalGroup } from './run.js';

const LINES_KEPT = 40;

/**
 * @typedef {object} PartPlan one of the programs that make up Nests
 * @property {string} name `livekit`, `relay`, `api`
 * @property {string} command the program
 * @property {string[]} args its arguments; no secrets, everybody on the machine can read them
 * @property {NodeJS.ProcessEnv} env its whole environment
 * @property {string} [cwd] its working folder
 * @property {() => Promise<boolean>} answers asks once whether it answers at all
 * @property {() => Promise<string | undefined>} [missing] asks once what it still waits for before it can do its work
 * @property {number} patienceMs how long it may take to end once it was asked to, before it is killed
 * @property {number} [askAgainMs] after how long it is asked a second time, for a program that then ends at once
 */

/**
 * @typedef {object} End how a part's process ended
 * @property {number | null} code its exit code
 * @property {NodeJS.Signals | null} signal or what killed it
 * @property {string | undefined} failure or why it could not be started
 */

/** One running process of a part. It leads a process group of its own, so that Ctrl-C reaches it through us alone. */
export class Part {
  /** @type {Promise<End>} settles when the process is gone and all it said was read */
  ended;
  /** @type {string[]} the end of what it said, oldest first */
  lastLines = [];
  /** @type {End | undefined} */
  end;
  #child;
  #plan;

  /**
   * Starts the process.
   * @param {PartPlan} plan what to start
   * @param {object} options where things go
   * @param {string} options.pidFile names the process while it runs
   * @param {(line: string) => void} options.onLine told every line it prints
   */
  constructor(plan, { pidFile, onLine }) {
    this.#plan = plan;
    const child = spawn(plan.command, plan.args, {
      cwd: plan.cwd,
      env: plan.env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    /** @param {string} line */
    const keep = (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > LINES_KEPT) this.lastLines.shift();
      onLine(line);
    };
    lines(child.stdout, keep);
    lines(child.stderr, keep);
    if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
    this.ended = new Promise((resolve) => {
      /** @param {End} end */
      const finish = (end) => {
        this.end ??= end;
        rmSync(pidFile, { force: true });
        resolve(this.end);
      };
      child.on('error', (error) => finish({ code: null, signal: null, failure: error.message }));
      // What it started itself ends with it, else that would hold its output, and perhaps its port, open.
      child.on('exit', () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'));
      child.on('close', (code, signal) => finish({ code, signal, failure: undefined }));
    });
  }

  /** @returns {number | undefined} its process id, unless it could not be started */
  get pid() {
    return this.#child.pid;
  }

  /**
   * Asks the process to end, and kills it when it takes too long.
   * @returns {Promise<End>} once it is gone
   */
  async stop() {
    const { patienceMs, askAgainMs } = this.#plan;
    this.#signal('SIGTERM');
    const again =
      askAgainMs === undefined ? undefined : setTimeout(() => this.#signal('SIGTERM'), askAgainMs);
    const kill = setTimeout(() => this.kill(), patienceMs);
    const end = await this.ended;
    clearTimeout(again);
    clearTimeout(kill);
    return end;
  }

  /** Ends the process at once, with everything it started. */
  kill() {
    this.#signal('SIGKILL');
  }

  /** @param {NodeJS.Signals} signal */
  #signal(signal) {
    if (this.pid !== undefined && this.end === undefined) signalGroup(this.pid, signal);
  }
}

/**
 * How a process ended, in words.
 * @param {End} end what is known
 * @returns {string} for example `ended with code 1`
 */
export function inWords({ code, signal, failure }) {
  if (failure !== undefined) return `could not be started: ${failure}`;
  return signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;
}
