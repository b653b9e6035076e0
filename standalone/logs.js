import { join } from 'node:path';
import { parseJson } from './json.js';
import { LogFile } from './log-file.js';

/** pino's number for an error; LiveKit and the relay write the word. */
const ERROR = 50;

/**
 * Where the parts' lines go: all of them into a file per part, and to the terminal those that a person should see —
 * errors, or everything while developing.
 */
export class Logs {
  /** @type {Map<string, LogFile>} */
  #files = new Map();
  #show;
  #all;

  /**
   * @param {string} folder where the files are kept
   * @param {(line: string) => void} show prints a line
   * @param {{all: boolean}} options whether to show every line
   */
  constructor(folder, show, { all }) {
    this.folder = folder;
    this.#show = show;
    this.#all = all;
  }

  /**
   * Takes one line of a part.
   * @param {string} name the part
   * @param {string} line what it printed
   */
  write(name, line) {
    const file = this.#files.get(name) ?? new LogFile(join(this.folder, `${name}.log`));
    this.#files.set(name, file);
    file.write(line);
    const { text, error } = readable(line);
    if (this.#all || error) this.#show(`${name.padEnd(8)}${text}`);
  }

  /** Closes the files. */
  close() {
    for (const file of this.#files.values()) file.close();
  }
}

/**
 * A log line for people: its message first, then what else it says.
 * @param {string} line JSON, or any text
 * @returns {{text: string, error: boolean}} what to show, and whether it tells of an error
 */
export function readable(line) {
  if (!line.startsWith('{')) return { text: line, error: false };
  const fields = parsed(line);
  if (!fields) return { text: line, error: false };
  const {
    msg,
    level,
    time: _time,
    ts: _ts,
    pid: _pid,
    hostname: _hostname,
    logger: _logger,
    caller: _c,
    ...rest
  } = fields;
  const others = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [typeof msg === 'string' ? msg : '', ...others].join(' ').trim();
  return { text, error: typeof level === 'number' ? level >= ERROR : level === 'error' };
}

/**
 * @param {string} line
 * @returns {Record<string, unknown> | undefined} nothing where it is no JSON after all
 */
function parsed(line) {
  try {
    return /** @type {Record<string, unknown>} */ (parseJson(line));
  } catch {
    return undefined;
  }
}
