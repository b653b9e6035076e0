import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const LARGEST = 10 * 1024 * 1024;

/** One part's log in the data folder. It is begun anew at 10 MB; the one before stays beside it as `<name>.1`. */
export class LogFile {
  #path;
  #size = 0;
  #file;

  /** @param {string} path the file; what it holds from earlier runs stays */
  constructor(path) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#file = this.#open();
  }

  /**
   * Appends one line.
   * @param {string} line without its end
   */
  write(line) {
    const text = Buffer.from(`${line}\n`);
    try {
      if (this.#size > 0 && this.#size + text.length > LARGEST) {
        renameSync(this.#path, `${this.#path}.1`);
        closeSync(this.#file);
        this.#file = this.#open();
      }
      this.#size += writeSync(this.#file, text);
    } catch {
      // A full disk must not end the nests that are under way: they go on without a log.
    }
  }

  /** Closes the file. */
  close() {
    closeSync(this.#file);
  }

  #open() {
    const file = openSync(this.#path, 'a', 0o600);
    this.#size = fstatSync(file).size;
    return file;
  }
}
