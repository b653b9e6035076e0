import { readFile } from 'node:fs/promises';
import { parseJson } from '../../standalone/json.js';

/** @typedef {{passed: number, failed: number, skipped: number}} Count what a report says */

/**
 * @param {string} path
 * @returns {Promise<unknown>} nothing where there is no report
 */
async function report(path) {
  try {
    return parseJson(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Makes a test run's failures count even where no test could: a run that ended badly without naming a failed test, or
 * that ran none at all, has failed.
 * @param {Count} count what its report says
 * @param {boolean} good whether the run itself ended well
 * @returns {Count} with at least one failure where something is wrong
 */
function honest({ passed, failed, skipped }, good) {
  const wrong = (!good && failed === 0) || passed + failed === 0;
  return { passed, failed: wrong ? failed + 1 : failed, skipped };
}

/**
 * Counts the tests of a vitest run.
 * @param {string} path its JSON report
 * @param {boolean} good whether the run ended well
 * @returns {Promise<Count>} a file that could not even be loaded counts as one failure
 */
export async function vitestCount(path, good) {
  const found = /** @type {VitestReport | undefined} */ (await report(path));
  const broken = (found?.testResults ?? []).filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every(({ status }) => status !== 'failed'),
  ).length;
  const count = {
    passed: found?.numPassedTests ?? 0,
    failed: (found?.numFailedTests ?? 0) + broken,
    skipped: (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0),
  };
  return honest(count, good);
}

/**
 * Counts the tests of a Playwright run.
 * @param {string} path its JSON report
 * @param {boolean} good whether the run ended well
 * @returns {Promise<Count>} one that passed only when tried again counts as passed
 */
export async function playwrightCount(path, good) {
  const found = /** @type {PlaywrightReport | undefined} */ (await report(path));
  const { expected = 0, flaky = 0, unexpected = 0, skipped = 0 } = found?.stats ?? {};
  return honest({ passed: expected + flaky, failed: unexpected, skipped }, good);
}

/**
 * @typedef {object} VitestReport what we read of vitest's JSON
 * @property {number} [numPassedTests]
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests]
 * @property {number} [numTodoTests]
 * @property {{status: string, assertionResults: {status: string}[]}[]} [testResults]
 *
 * @typedef {object} PlaywrightReport what we read of Playwright's JSON
 * @property {{expected?: number, flaky?: number, unexpected?: number, skipped?: number}} [stats]
 */
