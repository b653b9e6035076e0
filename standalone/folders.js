import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, messageOf, Sentence } from './sentence.js';

/**
 * Makes a folder that only we may read, and those above it that are missing.
 * @param {string} path an absolute path; a folder that is there is left as it is
 * @throws {Sentence} when it cannot be made
 */
export async function makeFolder(path) {
  try {
    await make(path);
  } catch (error) {
    throw new Sentence(`The folder ${path} cannot be made: ${messageOf(error)}.`);
  }
}

/**
 * One by one: Node's own way of making all of them tries for ever where the system says that nothing can be made, as
 * it does in /proc.
 * @param {string} path
 */
async function make(path) {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await make(dirname(path));
    // Another start may have made it just now.
    await mkdir(path, { mode: 0o700 }).catch((/** @type {unknown} */ again) => {
      if (codeOf(again) !== 'EEXIST') throw again;
    });
  }
}
