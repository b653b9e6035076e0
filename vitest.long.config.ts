import { defineConfig } from 'vitest/config';

/**
 * `npm run test:long`: what takes too long for every day. A hundred thousand malformed or forged requests
 * (NESTS_LONG_REQUESTS) and two thousand random schedules of faults (NESTS_SCHEDULES).
 */
export default defineConfig({
  test: {
    include: ['{protocol,api,relay,standalone,scripts}/**/*.long.test.ts', 'api/nests/schedules.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    env: { NESTS_SCHEDULES: process.env['NESTS_SCHEDULES'] ?? '2000' },
    fileParallelism: false, // what measures memory runs alone
    disableConsoleIntercept: true,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});
