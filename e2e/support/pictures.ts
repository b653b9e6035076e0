import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } } as const;
const KEPT = fileURLToPath(new URL('../../docs/pictures', import.meta.url));

type Size = keyof typeof SIZES;
type Look = readonly [Size, 'light' | 'dark'];

const EVERY_LOOK: readonly Look[] = [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
];
/** Each size and each scheme once, in the one combination and in the other. */
const PAIRS: readonly (readonly Look[])[] = [
  [
    ['phone', 'light'],
    ['desktop', 'dark'],
  ],
  [
    ['phone', 'dark'],
    ['desktop', 'light'],
  ],
];
let taken = 0;

/**
 * Takes pictures of what is on the screen and looks at each with axe: phone and desktop, light and dark. Where
 * NESTS_PICTURES is 1 these are four, which become those of the documents; otherwise two of them, in turn the one pair and
 * the other, because each look takes a second.
 * @param alike runs before each picture: brings the screen back into its state where another size has changed it
 */
export async function picture(
  page: Page,
  name: string,
  alike?: (size: Size) => Promise<void>,
): Promise<void> {
  const isKept = process.env['NESTS_PICTURES'] === '1';
  const folder = isKept ? KEPT : test.info().outputPath('pictures');
  mkdirSync(folder, { recursive: true });
  const looks = isKept ? EVERY_LOOK : (PAIRS[taken++ % PAIRS.length] ?? EVERY_LOOK);
  for (const [size, colorScheme] of looks) {
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await alike?.(size);
    await page.evaluate(() => document.fonts.ready);
    const what = `${name}-${size}-${colorScheme}`;
    await shoot(page, join(folder, `${what}.png`));
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(wider, `${what}: nothing sticks out sideways`).toBeLessThanOrEqual(0);
    await lookForFaults(page, what);
  }
}

/** Headless Chromium now and then waits for a frame that never comes; asked again, it draws one. */
async function shoot(page: Page, path: string): Promise<void> {
  await page.screenshot({ path, timeout: 8_000 }).catch(() => page.screenshot({ path }));
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
