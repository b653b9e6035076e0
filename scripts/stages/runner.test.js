import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { command } from './command.js';
import { playwrightCount, vitestCount } from './reports.js';
import { runStages } from './runner.js';
import { closingLine, summary } from './summary.js';

/** @type {string[]} */
let said;
/** @type {string[]} */
let order;

beforeEach(() => {
  [said, order] = [[], []];
});

/**
 * @param {string} name
 * @param {Partial<import('./runner.js').Stage> & {found?: Partial<import('./runner.js').Report>}} [more]
 * @returns {import('./runner.js').Stage}
 */
const stage = (name, { found = {}, ...more } = {}) => ({
  name,
  group: 0,
  run: async () => {
    order.push(name);
    return { passed: 1, failed: 0, output: '', ...found };
  },
  ...more,
});

/**
 * @param {import('./runner.js').Stage[]} stages
 * @param {string[]} only
 */
const run = (stages, only = []) => runStages(stages, { only, say: (line) => said.push(line) });

describe('running the stages', () => {
  it('goes on after one that failed, except with what stands on it', async () => {
    const results = await run([
      stage('prepare', { found: { passed: 0, failed: 1, output: 'no network\nat all\n' } }),
      stage('lint', { group: 1 }),
      stage('unit', { group: 2, after: ['prepare'], counted: true, found: { passed: 7, failed: 2 } }),
      stage('journeys', { group: 3, after: ['prepare'], needs: ['prepare'] }),
    ]);
    expect(order).toEqual(['prepare', 'lint', 'unit']);
    expect(said).toContain('  prepare │ no network\n  prepare │ at all');
    expect(said.at(-1)).toBe('✗ journeys: not run, because prepare failed');
    expect(closingLine(results)).toEqual({ line: '8 passed, 4 failed', good: false });
    expect(summary(results)).toMatch(/✗ unit +\d+\.\d s {2}7 passed, 2 failed\n/);
  });

  it('runs those that were asked for, and those they come after', async () => {
    const stages = [stage('machine'), stage('prepare'), stage('lint'), stage('unit', { after: ['prepare'] })];
    expect((await run(stages, ['unit'])).map(({ name }) => name)).toEqual(['prepare', 'unit']);
  });

  it('takes a stage that breaks for one that failed', async () => {
    const broken = stage('lint', { run: () => Promise.reject(new Error('no such program')) });
    expect(closingLine(await run([broken, stage('types')]))).toEqual({
      line: '1 passed, 1 failed',
      good: false,
    });
    expect(said.join('\n')).toContain('no such program');
  });

  it('is no success when nothing was checked', () => {
    expect(closingLine([])).toEqual({ line: '0 passed, 0 failed', good: false });
  });
});

describe('counting tests', () => {
  /** @param {unknown} report */
  async function file(report) {
    const path = join(await mkdtemp(join(tmpdir(), 'nests-report-')), 'report.json');
    await writeFile(path, JSON.stringify(report));
    return path;
  }

  it('reads vitest’s report, and counts a file that could not be loaded', async () => {
    const path = await file({
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      testResults: [
        {
          status: 'passed',
          assertionResults: [
            { status: 'passed', fullName: 'sound', failureMessages: [] },
            { status: 'passed', fullName: 'flighty', failureMessages: ['expected 1 to be 2'] },
          ],
        },
        { status: 'failed', assertionResults: [{ status: 'failed', failureMessages: ['wrong'] }] },
        { status: 'failed', assertionResults: [] },
      ],
    });
    expect(await vitestCount(path, false)).toEqual({
      passed: 5,
      failed: 2,
      skipped: 2,
      wavering: ['passed only when tried again: flighty\nexpected 1 to be 2'],
    });
  });

  it('reads Playwright’s report', async () => {
    /** @param {string} title @param {string} status @param {string[]} messages */
    const spec = (title, status, ...messages) => ({
      title,
      tests: [{ status, results: messages.map((message) => ({ errors: message ? [{ message }] : [] })) }],
    });
    const path = await file({
      stats: { expected: 3, flaky: 1, unexpected: 1, skipped: 1 },
      suites: [
        { specs: [spec('sound', 'expected', '')] },
        { suites: [{ specs: [spec('flighty', 'flaky', 'no sound', ''), spec('bad', 'unexpected', 'no')] }] },
      ],
    });
    expect(await playwrightCount(path, false)).toEqual({
      passed: 4,
      failed: 1,
      skipped: 1,
      wavering: ['passed only when tried again: flighty\nno sound'],
    });
  });

  it('takes no test, no report, or a bad end for a failure', async () => {
    expect(await vitestCount(await file({ numPassedTests: 0 }), true)).toMatchObject({
      passed: 0,
      failed: 1,
    });
    expect(await vitestCount('/nowhere', true)).toMatchObject({ passed: 0, failed: 1 });
    expect(await playwrightCount(await file({ stats: { expected: 4 } }), false)).toMatchObject({
      passed: 4,
      failed: 1,
    });
    expect(await playwrightCount(await file({ stats: { expected: 4 } }), true)).toMatchObject({
      passed: 4,
      failed: 0,
    });
  });
});

describe('running a command', () => {
  const node = (/** @type {string} */ program, limitMs = 60_000) =>
    command(process.execPath, ['-e', program], { cwd: '/', limitMs });

  it('keeps what it says, and gives it no input', async () => {
    const echo =
      'process.stdin.on("data", () => {}).on("end", () => { console.log("no input"); console.error("end"); })';
    const { good, output } = await node(echo);
    expect(good).toBe(true);
    expect(output.split('\n').toSorted()).toEqual(['', 'end', 'no input']);
    expect(await node('console.log(1); process.exit(3)')).toEqual({ good: false, output: '1\n' });
  });

  it('tells the lines while it runs', async () => {
    /** @type {string[]} */
    const lines = [];
    await command(process.execPath, ['-e', 'console.log("a\\nb")'], {
      cwd: '/',
      limitMs: 60_000,
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['a', 'b']);
  });

  it('ends what takes too long, and says so', async () => {
    const { good, output } = await node('setInterval(() => {}, 1000)', 60);
    expect(good).toBe(false);
    expect(output).toContain('stopped after 0.001 minutes');
  });

  it('does not break on a program that is not there', async () => {
    const { good, output } = await command('/nowhere/program', [], { cwd: '/', limitMs: 60_000 });
    expect(good).toBe(false);
    expect(output).toContain('could not be started');
  });
});
