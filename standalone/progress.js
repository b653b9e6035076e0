const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const REMIND_MS = 10_000;

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * @typedef {object} Output where progress is written: a terminal, or any stream
 * @property {(text: string) => unknown} write
 * @property {boolean} [isTTY]
 * @property {number} [columns]
 */

/**
 * Shows what is being done and for how long. On a terminal the steps under way share one live line; elsewhere each
 * step says when it starts and ends, and every ten seconds in between that it is still at it.
 */
export class Progress {
  /** @type {Map<object, {label: string, doing: string, since: number, reminded: number}>} */
  #running = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #frame = 0;
  /** @type {Output} */
  #out;
  #live;
  #now;

  /**
   * @param {Output} out where to write
   * @param {() => number} now the time in ms
   */
  constructor(out = process.stdout, now = Date.now) {
    this.#out = out;
    this.#live = out.isTTY === true;
    this.#now = now;
  }

  /**
   * Does one step and shows it: what it is about (`LiveKit`), what is done at first (`looking for it`), the work, which
   * may say what it is doing now, and one phrase about its result. Gives what the work gave; its error passes through.
   * @type {<T>(label: string, doing: string, work: (say: (doing: string) => void) => Promise<T>, done: (result: T) => string) => Promise<T>}
   */
  async step(label, doing, work, done) {
    const key = {};
    const since = this.#now();
    this.#running.set(key, { label, doing, since, reminded: since });
    if (!this.#live) this.line(`${label}: ${doing}`);
    this.#timer ??= setInterval(() => this.#tick(), this.#live ? FRAME_MS : 1000);
    try {
      const result = await work((now) => this.#say(key, now));
      this.#end(key, `✓ ${label}: ${done(result)} (${seconds(this.#now() - since)})`);
      return result;
    } catch (error) {
      this.#end(key, `✗ ${label}: failed after ${seconds(this.#now() - since)}`);
      throw error;
    }
  }

  /**
   * Prints a line for good, above the live one.
   * @param {string} text without a line end
   */
  line(text) {
    this.#out.write(this.#live ? `\r\u001b[K${text}\n` : `${text}\n`);
    this.#draw();
  }

  /**
   * @param {object} key
   * @param {string} doing
   */
  #say(key, doing) {
    const step = this.#running.get(key);
    if (!step || step.doing === doing) return;
    step.doing = doing;
    if (!this.#live) this.line(`${step.label}: ${doing}`);
  }

  /**
   * @param {object} key
   * @param {string} last
   */
  #end(key, last) {
    this.#running.delete(key);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.line(last);
  }

  #tick() {
    this.#frame += 1;
    if (this.#live) {
      this.#draw();
      return;
    }
    const now = this.#now();
    for (const step of this.#running.values()) {
      if (now - step.reminded < REMIND_MS) continue;
      step.reminded = now;
      this.line(`${step.label}: ${step.doing}, ${Math.round((now - step.since) / 1000)} s so far`);
    }
  }

  #draw() {
    if (!this.#live || this.#running.size === 0) return;
    const now = this.#now();
    const steps = [...this.#running.values()].map(
      ({ label, doing, since }) => `${label}: ${doing} ${Math.floor((now - since) / 1000)} s`,
    );
    const text = `${SPINNER[this.#frame % SPINNER.length] ?? ''} ${steps.join(' · ')}`;
    this.#out.write(`\r\u001b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }
}
