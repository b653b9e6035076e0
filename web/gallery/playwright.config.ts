import { defineConfig } from '@playwright/test';

const PORT = 5548;
const CONFIG = '--config web/gallery/vite.config.ts';

/**
 * Looks at every state of the gallery: `npx playwright test -c web/gallery/playwright.config.ts`. Pictures lie beside each result.
 * NESTS_CHROMIUM names another browser.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/gallery',
  workers: 1,
  timeout: 300_000,
  fullyParallel: true,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    launchOptions: {
      executablePath: process.env['NESTS_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    },
  },
  webServer: {
    command: `npx vite build ${CONFIG} && npx vite preview ${CONFIG} --port ${PORT} --strictPort`,
    cwd: '../..',
    port: PORT,
    reuseExistingServer: false,
  },
});
