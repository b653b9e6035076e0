import { expect, type Locator, type Page } from '@playwright/test';
import { connected, hears, joinAsGuest, joinSignedIn, sharedLink, test } from './support/journey.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();
/** More stops than any screen has between two things. */
const STOPS = 120;

test('a host without a mouse opens a nest, speaks, brings somebody who is writing on stage and back, and ends it', async ({
  people,
}) => {
  const ann = await people.arrive('Ann');
  const { page } = ann;
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
  const dialog = page.getByRole('dialog');

  await page.goto(stack().url);
  await press(page, page.getByRole('link', { name: 'Open your first nest' }));
  await reach(page, page.getByRole('textbox', { name: 'Title' }));
  await page.keyboard.type('Without a mouse');
  await press(page, button('Create nest').last());
  await press(page, dialog.getByRole('button', { name: /Make a key/ }));
  await reach(page, dialog.getByLabel('Name'));
  await page.keyboard.type('Ann');
  const kept = dialog.getByRole('radio');
  await reach(page, kept.and(page.locator(':checked')));
  const visit = dialog.getByRole('radio', { name: /For this visit only/ });
  for (let n = 0; n < 5 && !(await visit.isChecked()); n++) await page.keyboard.press('ArrowDown');
  await expect(visit).toBeChecked();
  await press(page, dialog.getByRole('button', { name: 'Make key' }));
  await press(page, dialog.getByRole('button', { name: 'Remind me later' }));
  await press(page, button('Join Audio'));
  await expect(connected(ann)).toBeVisible();

  const share = button('Share').first();
  await press(page, share);
  await expect(dialog.getByRole('textbox', { name: 'Link' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(share, 'the focus is where it was').toBeFocused();

  const link = await sharedLink(ann);
  const ben = await people.arrive('Ben', { beside: ann });
  await joinSignedIn(ben, link);
  const cleo = await people.arrive('Cleo', { beside: ann });
  await joinAsGuest(cleo, link);
  await press(page, button('Unmute microphone'));
  await hears(cleo, 440);

  await ben.page.getByRole('button', { name: 'Raise hand' }).click();
  // An invitation does not take the keyboard away from somebody who writes, also where it lies over the chat.
  await ben.page.setViewportSize({ width: 360, height: 740 });
  await ben.page.getByRole('button', { name: /^Chat/ }).click();
  const message = ben.page.getByRole('textbox', { name: 'Message' });
  await message.fill('I am writing');
  await press(page, button('Accept Ben'));
  const speak = ben.page.getByRole('dialog').getByRole('button', { name: 'Speak' });
  await expect(speak).toBeVisible();
  await ben.page.keyboard.type(' and go on');
  await expect(message).toHaveValue('I am writing and go on');
  await speak.click();
  const stage = page.getByRole('list', { name: 'Stage' });
  await press(page, stage.getByRole('button', { name: /Ben/ }));
  await press(page, dialog.getByRole('button', { name: 'Move to audience' }));
  await expect(ben.page.getByText('You are in the audience now').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await press(page, button('More'));
  const end = page.getByRole('menuitem', { name: 'End nest' });
  for (let n = 0; n < STOPS && !(await isFocused(end)); n++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await press(page, dialog.getByRole('button', { name: 'End nest' }));
  await expect(cleo.page.getByRole('heading', { name: 'ended' })).toBeVisible();
});

/** Whether a thing has the focus. */
function isFocused(thing: Locator): Promise<boolean> {
  return thing.evaluate((element) => element === document.activeElement).catch(() => false);
}

/** Goes from stop to stop until the thing has the focus, and sees that it shows. */
async function reach(page: Page, thing: Locator): Promise<void> {
  await expect(thing).toBeVisible();
  for (let n = 0; n < STOPS && !(await isFocused(thing)); n++) await page.keyboard.press('Tab');
  await expect(thing, 'Tab leads there').toBeFocused();
  const shows = thing.evaluate((element) => {
    const { outlineStyle, boxShadow } = getComputedStyle(element);
    return outlineStyle !== 'none' || boxShadow !== 'none';
  });
  expect(await shows, 'the focus shows').toBe(true);
}

/** Reaches a thing and presses it. */
async function press(page: Page, thing: Locator): Promise<void> {
  await reach(page, thing);
  await page.keyboard.press('Enter');
}
