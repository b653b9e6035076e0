import { defineConfig } from '@playwright/test';

const inCi = Boolean(process.env['CI']);
const jsonFile = process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'];

/**
 * Real browsers against the real thing. One journey at a time: what is measured (gaps, seconds) must not be disturbed
 * by another. Every test starts its own Nests on free ports.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results/e2e',
  workers: 1,
  fullyParallel: false,
  forbidOnly: inCi,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: jsonFile ? [['list'], ['json', { outputFile: jsonFile }]] : [['list']],
  use: { trace: 'on-first-retry' },
});
