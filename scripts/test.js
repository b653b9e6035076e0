#!/usr/bin/env node
/**
 * `npm test`: everything that can be checked, on a machine that may have nothing but Node. It installs what is missing,
 * says what it does and how long that took, and ends with one line: `N passed, N failed`.
 */
import { parseArgs } from 'node:util';
import { runStages } from './stages/runner.js';
import { STAGES } from './stages/stages.js';
import { closingLine, summary } from './stages/summary.js';

const NAMES = STAGES.map(({ name }) => name);
const USAGE = `npm test [-- --only STAGE …]: all checks and tests, or only some of ${NAMES.join(', ')}`;

/** @returns {string[] | undefined} the stages that were asked for, all when none was named; nothing when not understood */
function wanted() {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
    const only = (values.only ?? []).flatMap((names) => names.split(','));
    return only.every((name) => NAMES.includes(name)) ? only : undefined;
  } catch {
    return undefined;
  }
}

const only = wanted();
if (only) {
  const results = await runStages(STAGES, { only, say: (line) => console.log(line) });
  console.log(summary(results));
  const { line, good } = closingLine(results);
  console.log(line);
  process.exitCode = good ? 0 : 1;
} else {
  console.error(USAGE);
  process.exitCode = 2;
}
