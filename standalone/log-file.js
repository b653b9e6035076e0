import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const LARGEST = 10 * 1024 * 1024;

/** One part's log in the data folder. It is begun anew at 10 MB; the one before stays beside it as `<name>.1`. */
export class LogFile {
  #path;
  #size = 0;
  /** @type {import('node:fs').WriteStream} */
  #stream;

  /** @param {string} path the file; what it holds from earlier runs stays */
  constructor(path) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#stream = this.#open();
  }

  /**
   * Appends one line.
   * @param {string} line without its end
   */
  write(line) {
    const text = `${line}\n`;
    this.#size += Buffer.byteLength(text);
    if (this.#size > LARGEST) {
      this.#stream.end();
      renameSync(this.#path, `${this.#path}.1`);
      this.#stream = this.#open();
    }
    this.#stream.write(text);
  }

  /**
   * Writes what is left and closes the file.
   * @returns {Promise<void>} when all of it is with the system
   */
  close() {
    return new Promise((resolve) => this.#stream.end(() => resolve()));
  }

  #open() {
    const stream = createWriteStream(this.#path, { flags: 'a', mode: 0o600 });
    // A full disk must not end the nests that are under way: they go on without a log.
    stream.on('error', () => undefined);
    this.#size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    return stream;
  }
}
