import { parseArgs } from 'node:util';
import { messageOf, Sentence } from './sentence.js';

/** What can be said on the command line of `npm start --`, for `--help`. */
export const OPTIONS = [
  { name: '--data DIR', meaning: 'keep everything in DIR (the same as NESTS_DATA_DIR)' },
  { name: '--dev', meaning: 'reload on change: Vite in front, the API and the relay rebuilt and restarted' },
  { name: '--prepare', meaning: 'install, build and find LiveKit, print {"livekit": <path>} and end' },
  { name: '--help', meaning: 'this list' },
  { name: '--version', meaning: 'the version of Nests' },
];

/**
 * @typedef {object} Arguments
 * @property {string} [data] the data folder, where one was named
 * @property {boolean} dev whether to reload on change
 * @property {boolean} prepare whether to only get everything ready
 * @property {boolean} help whether to print the help
 * @property {boolean} version whether to print the version
 */

/**
 * Reads the command line.
 * @param {string[]} argv the words after the program's name
 * @returns {Arguments} what they ask for
 * @throws {Sentence} naming the word that is not understood
 */
export function readArguments(argv) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        data: { type: 'string' },
        dev: { type: 'boolean' },
        prepare: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
    const { data, dev = false, prepare = false, help = false, version = false } = values;
    return { ...(data === undefined ? {} : { data }), dev, prepare, help, version };
  } catch (error) {
    throw new Sentence(`${messageOf(error)}. \`npm start -- --help\` lists what there is.`);
  }
}
