import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Unit, property and contract tests of every workspace; the browser journeys are Playwright's (e2e/). */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{protocol,api,relay,standalone,scripts,deploy}/**/*.test.{ts,js}'],
          environment: 'node',
        },
      },
      {
        extends: true,
        test: { name: 'web', include: ['web/**/*.test.{ts,tsx}'], environment: 'node' },
      },
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts'],
    // What waits waits for the thing; these end what will never come.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
    // By itself it would leave a core to whoever watches, which on two is half of them.
    maxWorkers: availableParallelism(),
  },
});
