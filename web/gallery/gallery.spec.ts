import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { DIAGNOSTICS_NAMES } from './diagnostics-names.ts';
import { STATES } from './states.ts';

/** Every state on a phone and on a desk, light and dark: nothing for axe, nothing sticks out, no straw crosses a word. */
const SIZES = [
  { width: 320, height: 640 },
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
];

async function show(page: Page, state: string): Promise<void> {
  await page.goto(`/?state=${state}`);
  await expect(page.locator('#main')).toBeVisible();
  // Parts that come later are there, too.
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
}

/** Words that a straw of the bowl goes through. */
function crossedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const words = Array.from(document.querySelectorAll('main p, main li span, main h1, main h2'))
      .filter((element) => element.closest('[aria-hidden="true"], [role="dialog"], .sr-only') === null)
      .filter((element) => element.children.length === 0 && element.textContent.trim() !== '')
      .map((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        // A long name is cut off at the edge of its element.
        const [text, frame] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
        const [left, right] = [Math.max(text.left, frame.left), Math.min(text.right, frame.right)];
        return { text: element.textContent, box: { left, right, top: text.top, bottom: text.bottom } };
      });
    return Array.from(document.querySelectorAll<SVGPathElement>('svg[data-bowl] path')).flatMap((straw) => {
      const origin = straw.ownerSVGElement?.getBoundingClientRect() ?? new DOMRect();
      // What is scrolled away lies behind the bar and is not seen.
      const seen = (straw.closest('.overflow-y-auto') ?? document.body).getBoundingClientRect();
      const length = straw.getTotalLength();
      const points = Array.from({ length: Math.ceil(length / 4) }, (_, i) => straw.getPointAtLength(i * 4))
        .map(({ x, y }) => ({ x: origin.left + x, y: origin.top + y }))
        .filter(({ y }) => y > seen.top && y < seen.bottom);
      return words
        .filter(({ box }) =>
          points.some(({ x, y }) => x > box.left && x < box.right && y > box.top + 2 && y < box.bottom - 2),
        )
        .map(({ text }) => text);
    });
  });
}

for (const state of [...Object.keys(STATES), ...DIAGNOSTICS_NAMES]) {
  test(state, async ({ page }, info) => {
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await show(page, state);
      for (const theme of ['light', 'dark']) {
        await page.evaluate((wanted) => document.documentElement.setAttribute('data-theme', wanted), theme);
        const what = `${size.width}-${theme}`;
        await page.screenshot({ path: info.outputPath(`${what}.png`) });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(wider, `${what}: sticks out`).toBeLessThanOrEqual(0);
        expect.soft(await crossedWords(page), `${what}: straw through words`).toEqual([]);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect
          .soft(
            violations.map(({ id, help }) => `${id}: ${help}`),
            what,
          )
          .toEqual([]);
      }
    }
    expect(broken).toEqual([]);
  });
}

test('the whole nest can be used with the keyboard', async ({ page }) => {
  await show(page, 'host');
  await page.keyboard.press('m');
  await expect(page.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await page.keyboard.type('mh?');
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('mh?');
  await expect(page.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
  await page
    .getByRole('list', { name: 'Stage' })
    .getByRole('button', { name: /Adaeze/ })
    .focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page
    .getByRole('list', { name: 'Stage' })
    .getByRole('button', { name: /Adaeze/ })
    .focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Adaeze' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: /End nest/ })).toBeVisible();
});

test('an item of the stage is called by the name and then the state', async ({ page }) => {
  await show(page, 'listener');
  const stage = page.getByRole('list', { name: 'Stage' });
  await expect(stage.getByRole('listitem', { name: 'Mira, speaking', exact: true })).toBeVisible();
  await expect(stage.getByRole('listitem', { name: 'Jonas, muted', exact: true })).toBeVisible();
  const audience = page.getByRole('list', { name: 'Audience' });
  await expect(audience.getByRole('listitem', { name: 'Tom, hand raised', exact: true })).toBeVisible();
  await expect(audience.getByRole('listitem', { name: '92 more people' })).toBeVisible();
});
