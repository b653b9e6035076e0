import { readFile } from 'node:fs/promises';
import { parseJson } from '../../standalone/json.js';

/**
 * @typedef {object} Count what a report says
 * @property {number} passed also those that passed only when they were tried again
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} wavering of each test that passed only when tried again, its name and what it first failed with
 */

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
function honest({ passed, failed, ...rest }, good) {
  const wrong = (!good && failed === 0) || passed + failed === 0;
  return { passed, failed: wrong ? failed + 1 : failed, ...rest };
}

/**
 * @param {string} name
 * @param {string} reason
 */
const wavered = (name, reason) => `passed only when tried again: ${name}\n${reason}`;

/**
 * Counts the tests of a vitest run.
 * @param {string} path its JSON report
 * @param {boolean} good whether the run ended well
 * @returns {Promise<Count>} a file that could not even be loaded counts as one failure
 */
export async function vitestCount(path, good) {
  const found = /** @type {VitestReport | undefined} */ (await report(path));
  const files = found?.testResults ?? [];
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every(({ status }) => status !== 'failed'),
  ).length;
  const wavering = files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, failureMessages = [] }) => status === 'passed' && failureMessages.length > 0)
    .map(({ fullName = '', failureMessages = [] }) => wavered(fullName, failureMessages.join('\n')));
  const count = {
    passed: found?.numPassedTests ?? 0,
    failed: (found?.numFailedTests ?? 0) + broken,
    skipped: (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0),
    wavering,
  };
  return honest(count, good);
}

/**
 * Counts the tests of a Playwright run.
 * @param {string} path its JSON report
 * @param {boolean} good whether the run ended well
 * @returns {Promise<Count>}
 */
export async function playwrightCount(path, good) {
  const found = /** @type {PlaywrightReport | undefined} */ (await report(path));
  const { expected = 0, flaky = 0, unexpected = 0, skipped = 0 } = found?.stats ?? {};
  const wavering = (found?.suites ?? [])
    .flatMap(specsOf)
    .flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'flaky')
        .map(({ results }) =>
          wavered(
            title,
            results.flatMap(({ errors }) => errors.map(({ message = '' }) => message)).join('\n'),
          ),
        ),
    );
  return honest({ passed: expected + flaky, failed: unexpected, skipped, wavering }, good);
}

/**
 * @param {PlaywrightSuite} suite
 * @returns {PlaywrightSpec[]} its own and those of the suites within it
 */
function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/**
 * @typedef {object} VitestReport what we read of vitest's JSON
 * @property {number} [numPassedTests]
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests]
 * @property {number} [numTodoTests]
 * @property {{status: string, assertionResults: VitestTest[]}[]} [testResults]
 *
 * @typedef {{status: string, fullName?: string, failureMessages?: string[]}} VitestTest
 *
 * @typedef {object} PlaywrightReport what we read of Playwright's JSON
 * @property {{expected?: number, flaky?: number, unexpected?: number, skipped?: number}} [stats]
 * @property {PlaywrightSuite[]} [suites]
 *
 * @typedef {{specs?: PlaywrightSpec[], suites?: PlaywrightSuite[]}} PlaywrightSuite a file, or a group in it
 *
 * @typedef {object} PlaywrightSpec one test
 * @property {string} title
 * @property {{status: string, results: {errors: {message?: string}[]}[]}[]} tests
 */
