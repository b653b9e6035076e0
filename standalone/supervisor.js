import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { inWords, Part } from './part.js';
import { Sentence } from './sentence.js';

/**
 * @typedef {import('./part.js').PartPlan} PartPlan
 * @typedef {import('./guardian.js').Guardian} Guardian
 */

/**
 * @typedef {object} Patience how the supervisor deals with parts that end
 * @property {number[]} pausesMs before the first, second … new start within the window; the last one is repeated
 * @property {number} deaths so many within the window stop everything
 * @property {number} windowMs after which a death is forgotten, if the part has answered since
 * @property {number} answerMs how long a part may take to answer before it counts as dead, and to be ready at its start
 * @property {number} askEveryMs how often it is asked
 */

/** @type {Patience} */
const PATIENCE = {
  pausesMs: [0, 500, 1000, 2000, 4000],
  deaths: 5,
  windowMs: 60_000,
  answerMs: 60_000,
  askEveryMs: 50,
};

const STOPPED = 'Stopped while starting.';

/**
 * @typedef {object} Kept a part that is kept running
 * @property {PartPlan} plan what it is
 * @property {Part} [part] its process
 * @property {boolean} answered whether it ever did its work
 * @property {boolean} planned whether its next end was asked for by us
 */

/** Starts the parts, keeps them running, and stops them in the right order. */
export class Supervisor {
  /** @type {Promise<Sentence>} settles when a part keeps dying, or cannot be started at all */
  failed;
  /** @type {(why: Sentence) => void} */
  #fail = () => undefined;
  /** @type {Kept[]} */
  #kept = [];
  /** @type {Promise<void> | undefined} */
  #stopped;
  /** Aborted when everything is to stop. */
  #ending = new AbortController();
  #patience;
  #runDir;
  #onLine;
  #say;
  #guardian;

  /**
   * @param {object} options where things go
   * @param {string} options.runDir an existing folder for the pid files
   * @param {(name: string, line: string) => void} options.onLine told every line a part prints
   * @param {(sentence: string) => void} options.say told what people should know
   * @param {Guardian} options.guardian told what runs
   * @param {Partial<Patience>} [options.patience] other than usual, for tests
   */
  constructor({ runDir, onLine, say, guardian, patience = {} }) {
    this.#runDir = runDir;
    this.#onLine = onLine;
    this.#say = say;
    this.#guardian = guardian;
    this.#patience = { ...PATIENCE, ...patience };
    this.failed = new Promise((resolve) => (this.#fail = resolve));
  }

  /**
   * Starts one part and waits until it does its work. Parts are stopped in the reverse of the order they are started in.
   * @param {PartPlan} plan what to start
   * @throws {Sentence} when it ends before it ever answered, or does not get ready, with its last lines; or when
   *   everything is to stop
   */
  async start(plan) {
    if (this.#isEnding()) throw new Sentence(STOPPED);
    /** @type {Kept} */
    const kept = { plan, answered: false, planned: false };
    this.#kept.push(kept);
    await new Promise((resolve, reject) => {
      void this.failed.then(reject);
      this.#ending.signal.addEventListener('abort', () => reject(new Sentence(STOPPED)));
      void this.#keep(kept, () => void this.#untilReady(kept).then(resolve));
    });
  }

  /**
   * Ends one part on purpose; it is started again at once.
   * @param {string} name the part
   */
  async restart(name) {
    const kept = this.#kept.find(({ plan }) => plan.name === name);
    if (!kept?.part) return;
    kept.planned = true;
    await kept.part.stop();
  }

  /**
   * Stops all parts, last started first.
   * @returns {Promise<void>} settles when none is left; asked again, nothing more is done
   */
  stop() {
    this.#ending.abort();
    this.#stopped ??= (async () => {
      for (const { part } of [...this.#kept].reverse()) await part?.stop();
      await this.#guardian.end();
    })();
    return this.#stopped;
  }

  /** Ends all parts at once. */
  kill() {
    this.#ending.abort();
    for (const { part } of this.#kept) part?.kill();
  }

  /**
   * Runs a part, again and again, until everything is to stop or it has died too often.
   * @param {Kept} kept
   * @param {() => void} onAnswer told when it answers
   */
  async #keep(kept, onAnswer) {
    const { plan } = kept;
    let first = true;
    /** @type {number[]} */
    let deaths = [];
    while (!this.#isEnding()) {
      const part = this.#launch(plan);
      kept.part = part;
      const died = deaths.length > 0;
      const life = { answered: false };
      void this.#untilAnswer(kept, part).then((answers) => {
        if (!answers) return;
        life.answered = true;
        if (died) this.#say(`${plan.name} answers again.`);
        if (first) onAnswer();
        first = false;
      });
      const end = await part.ended;
      if (part.pid !== undefined) this.#guardian.remove(part.pid);
      if (this.#isEnding()) return;
      if (kept.planned) {
        kept.planned = false;
        continue;
      }
      const { windowMs, deaths: limit, pausesMs } = this.#patience;
      // Without an answer since, it is still the same trouble, however long it has waited for one.
      const isRecent = (/** @type {number} */ at) => at > Date.now() - windowMs;
      deaths = [...(life.answered ? deaths.filter(isRecent) : deaths), Date.now()];
      if (!kept.answered && end.signal === null) {
        this.#giveUp(part, `${plan.name} ${inWords(end)} at its start`);
        return;
      }
      if (deaths.length >= limit) {
        const often = `${limit} times${deaths.every(isRecent) ? ` in ${Math.round(windowMs / 1000)} s` : ''}`;
        this.#giveUp(part, `${plan.name} keeps ending: ${often}. The last time it ${inWords(end)}`);
        return;
      }
      const pause = pausesMs[Math.min(deaths.length, pausesMs.length) - 1] ?? 0;
      const when = pause === 0 ? 'now' : `in ${pause / 1000} s`;
      this.#say(`${plan.name} ${inWords(end)}; it is started again ${when}.`);
      await wait(pause, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  #isEnding() {
    return this.#ending.signal.aborted;
  }

  /** @param {PartPlan} plan */
  #launch(plan) {
    const part = new Part(plan, {
      pidFile: join(this.#runDir, `${plan.name}.pid`),
      onLine: (line) => this.#onLine(plan.name, line),
    });
    if (part.pid !== undefined) this.#guardian.add(part.pid);
    return part;
  }

  /**
   * Asks a new process until it answers. One that takes too long ends the start; later it is killed, which counts as a
   * death.
   * @param {Kept} kept
   * @param {Part} part
   * @returns {Promise<boolean>} false when it ended first
   */
  async #untilAnswer(kept, part) {
    const { answerMs, askEveryMs } = this.#patience;
    const latest = Date.now() + answerMs;
    while (part.end === undefined) {
      if (await kept.plan.answers()) {
        kept.answered = true;
        return true;
      }
      if (Date.now() > latest) {
        const late = `${kept.plan.name} does not answer after ${Math.round(answerMs / 1000)} s`;
        if (kept.answered) {
          this.#say(`${late}.`);
          part.kill();
        } else {
          this.#giveUp(part, late);
        }
        return false;
      }
      await wait(askEveryMs);
    }
    return false;
  }

  /**
   * Asks a part that answers until it is ready, and gives up when it takes too long. Only at the start: what others have
   * to do with it later, such as an outage of Redis, is no reason to end a part that answers.
   * @param {Kept} kept
   */
  async #untilReady({ plan: { name, missing }, part }) {
    const { answerMs, askEveryMs } = this.#patience;
    const latest = Date.now() + answerMs;
    while (missing && part && !this.#isEnding()) {
      const what = await missing();
      if (what === undefined) return;
      if (Date.now() > latest) {
        this.#giveUp(part, `${name} is not ready after ${Math.round(answerMs / 1000)} s: ${what}`);
        return;
      }
      await wait(askEveryMs);
    }
  }

  /**
   * @param {Part} part
   * @param {string} why
   */
  #giveUp(part, why) {
    const last = part.lastLines.slice(-20).map((line) => `  ${line}`);
    const said = last.length === 0 ? ['It said nothing.'] : ['Its last lines:', ...last];
    this.#fail(new Sentence([`${why}.`, ...said].join('\n')));
  }
}
