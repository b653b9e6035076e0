/**
 * @typedef {object} Result how one stage went
 * @property {string} name the stage
 * @property {number} ms how long it took
 * @property {number} passed tests that passed; 1 for a good check
 * @property {number} failed tests that failed; 1 for a bad check
 * @property {number} [skipped] tests that were not run, by their own word
 * @property {boolean} [counted] whether it counts tests, and is not just one check
 */

/** @param {number} ms */
const time = (ms) => (ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`);

/**
 * What a person wants to know at the end.
 * @param {Result[]} results of all stages
 * @returns {string} a line per stage
 */
export function summary(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map(({ name, ms, passed, failed, skipped = 0, counted }) => {
    const count = [
      `${passed} passed`,
      `${failed} failed`,
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ].join(', ');
    return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(width)}  ${time(ms).padStart(8)}  ${counted ? count : ''}`.trimEnd();
  });
  return ['', ...lines, ''].join('\n');
}

/**
 * The last line: everything added up.
 * @param {Result[]} results of all stages
 * @returns {{line: string, good: boolean}} the line alone, and whether the run is a good one
 */
export function closingLine(results) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  return { line: `${passed} passed, ${failed} failed`, good: failed === 0 && passed > 0 };
}
