/**
 * @typedef {import('./summary.js').Result} Result
 *
 * @typedef {object} Report what a stage found
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 * @property {string} output what to show of it, when anything
 *
 * @typedef {object} Stage one part of `npm test`
 * @property {string} name for `--only`
 * @property {number} group stages of one group run at the same time, groups one after the other
 * @property {string[]} [after] stages that are run too when it is asked for alone
 * @property {string[]} [needs] of these, the ones without which it is not even tried
 * @property {boolean} [counted] whether it counts tests, and is not just one check
 * @property {(say: (line: string) => void) => Promise<Report>} run does it; it may say how it goes
 */

/**
 * Runs the stages. One that fails does not stop the others, except those that stand on it.
 * @param {Stage[]} stages all there are, by their groups
 * @param {object} options how
 * @param {string[]} options.only names of those that are wanted, with those they come after; all when empty
 * @param {(line: string) => void} options.say told how it goes
 * @returns {Promise<Result[]>} of those that were run or should have been
 */
export async function runStages(stages, { only, say }) {
  const chosen =
    only.length === 0 ? stages : stages.filter(({ name }) => withEarlier(stages, only).has(name));
  /** @type {Map<string, Result>} */
  const results = new Map();
  for (const group of new Set(chosen.map((stage) => stage.group))) {
    await Promise.all(
      chosen
        .filter((stage) => stage.group === group)
        .map(async (stage) => {
          const broken = (stage.needs ?? []).filter((name) => (results.get(name)?.failed ?? 0) > 0);
          results.set(
            stage.name,
            broken.length > 0 ? notRun(stage, broken, say) : await runStage(stage, say),
          );
        }),
    );
  }
  return chosen.flatMap(({ name }) => results.get(name) ?? []);
}

/**
 * @param {Stage} stage
 * @param {(line: string) => void} say
 * @returns {Promise<Result>}
 */
async function runStage(stage, say) {
  const { name, counted } = stage;
  say(`▶ ${name}`);
  const since = Date.now();
  /** @param {string} text */
  const show = (text) => say(text.replace(/^/gm, `  ${name} │ `));
  const {
    passed,
    failed,
    skipped = 0,
    output,
  } = await stage.run(show).catch((/** @type {unknown} */ error) => ({
    passed: 0,
    failed: 1,
    skipped: 0,
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  const ms = Date.now() - since;
  if (output !== '') show(output.trimEnd());
  say(`${failed > 0 ? '✗' : '✓'} ${name} (${(ms / 1000).toFixed(1)} s)`);
  return { name, ms, passed, failed, skipped, ...(counted && { counted }) };
}

/**
 * @param {Stage} stage
 * @param {string[]} broken
 * @param {(line: string) => void} say
 * @returns {Result}
 */
function notRun({ name, counted }, broken, say) {
  say(`✗ ${name}: not run, because ${broken.join(' and ')} failed`);
  return { name, ms: 0, passed: 0, failed: 1, ...(counted && { counted }) };
}

/**
 * @param {Stage[]} stages
 * @param {string[]} names
 * @returns {Set<string>} the names, and those of the stages that they come after
 */
function withEarlier(stages, names) {
  const earlier = stages.filter(({ name }) => names.includes(name)).flatMap(({ after = [] }) => after);
  return new Set([...names, ...(earlier.length > 0 ? withEarlier(stages, earlier) : [])]);
}
