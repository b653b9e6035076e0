import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.js';
import { prepareMachine } from './machine.js';
import { playwrightCount, vitestCount } from './reports.js';

/**
 * @typedef {import('./runner.js').Stage} Stage
 * @typedef {import('./runner.js').Report} Report
 */

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MINUTE = 60_000;

/** @param {string} name */
const report = (name) => join(ROOT, 'test-results', `${name}.json`);

/**
 * A check by one of the installed programs: quiet when it is good, all it says when not.
 * @param {string} script the program, relative to the root
 * @param {string[]} args its arguments
 * @returns {Stage['run']}
 */
const check =
  (script, args = []) =>
  async () => {
    const { good, output } = await node([script, ...args], { limitMs: 10 * MINUTE, env: { NO_COLOR: '1' } });
    return { passed: good ? 1 : 0, failed: good ? 0 : 1, output: good ? '' : output };
  };

/**
 * @param {string[]} args
 * @param {{limitMs: number, live?: boolean, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void}} options
 */
const node = (args, options) => command(process.execPath, args, { cwd: ROOT, ...options });

/**
 * Everything that `npm test` does. A test that fails is tried once more, because a machine may be as busy as no test
 * expects, and what passes only then is shown with its first failure. Stages of one group run at the same time, as the two cores of a small machine allow;
 * what measures or listens runs alone.
 * @type {Stage[]}
 */
export const STAGES = [
  { name: 'machine', group: 0, run: machine },
  { name: 'prepare', group: 0, run: prepare },
  { name: 'types', group: 1, run: check('node_modules/typescript/bin/tsc', ['-b']) },
  { name: 'lint', group: 1, run: check('node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0']) },
  { name: 'format', group: 2, run: check('node_modules/prettier/bin/prettier.cjs', ['--check', '.']) },
  { name: 'knip', group: 2, run: check('node_modules/knip/bin/knip.js') },
  { name: 'docs', group: 3, run: check('scripts/check-docs.js') },
  { name: 'size', group: 3, after: ['prepare'], needs: ['prepare'], run: check('scripts/size-budget.js') },
  { name: 'unit', group: 4, after: ['machine', 'prepare'], counted: true, run: unit },
  {
    name: 'journeys',
    group: 5,
    after: ['machine', 'prepare'],
    needs: ['machine', 'prepare'],
    counted: true,
    run: journeys,
  },
];

/** @returns {Promise<Report>} */
async function machine() {
  const { good, output } = await prepareMachine(ROOT, process.env);
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, output };
}

/**
 * Packages, build and LiveKit; where LiveKit is goes on to the tests.
 * @param {(line: string) => void} say
 * @returns {Promise<Report>}
 */
async function prepare(say) {
  const start = ['standalone/start.js', '--prepare'];
  const { good, output } = await node(start, { limitMs: 30 * MINUTE, onLine: say, env: { NO_COLOR: '1' } });
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const path = good ? /^\{"livekit":"(.*)"\}$/.exec(last)?.[1] : undefined;
  if (path === undefined) return { passed: 0, failed: 1, output: '' };
  process.env['NESTS_LIVEKIT_SERVER'] ??= path;
  return { passed: 1, failed: 0, output: '' };
}

/**
 * @param {import('./reports.js').Count} count
 * @returns {Report} what wavered is shown
 */
const counted = ({ wavering, ...count }) => ({ ...count, output: wavering.join('\n\n') });

/** @returns {Promise<Report>} */
async function unit() {
  const path = report('unit');
  const args = ['run', '--retry=1', '--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  const { good } = await node(['node_modules/vitest/vitest.mjs', ...args], {
    limitMs: 15 * MINUTE,
    live: true,
  });
  return counted(await vitestCount(path, good));
}

/** @returns {Promise<Report>} */
async function journeys() {
  const path = report('journeys');
  const { good } = await node(
    ['node_modules/@playwright/test/cli.js', 'test', '--retries=1', '-c', 'e2e/playwright.config.ts'],
    {
      limitMs: 30 * MINUTE,
      live: true,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: path },
    },
  );
  return counted(await playwrightCount(path, good));
}
