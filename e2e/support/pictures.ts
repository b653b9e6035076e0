import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } } as const;
const SCHEMES = ['light', 'dark'] as const;
const KEPT = fileURLToPath(new URL('../../docs/pictures', import.meta.url));

/**
 * Takes four pictures of what is on the screen, phone and desktop, light and dark, and looks at each with axe. The
 * pictures in the documents are rewritten only when NESTS_PICTURES is 1.
 * @param alike runs before each picture: brings the screen back into its state where another size has changed it
 */
export async function picture(
  page: Page,
  name: string,
  alike?: (size: keyof typeof SIZES) => Promise<void>,
): Promise<void> {
  const folder = process.env['NESTS_PICTURES'] === '1' ? KEPT : test.info().outputPath('pictures');
  mkdirSync(folder, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES) as [
    keyof typeof SIZES,
    (typeof SIZES)[keyof typeof SIZES],
  ][]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await alike?.(size);
      await page.evaluate(() => document.fonts.ready);
      const what = `${name}-${size}-${colorScheme}`;
      await page.screenshot({ path: join(folder, `${what}.png`) });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wider, `${what}: nothing sticks out sideways`).toBeLessThanOrEqual(0);
      await lookForFaults(page, what);
    }
  }
}

async function lookForFaults(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`,
    );
  expect.soft(serious, what).toEqual([]);
}
