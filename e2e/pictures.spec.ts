import { expect, type Page } from '@playwright/test';
import { nowS } from './support/keyholder.ts';
import {
  comeOnStage,
  connected,
  hears,
  joinAsGuest,
  joinSignedIn,
  openNest,
  signIn,
  test,
  unmute,
} from './support/journey.ts';
import { openNeighboursNest } from './support/neighbours.ts';
import { picture } from './support/pictures.ts';
import { stackForThisFile } from './support/stack.ts';

/** Every screen and state, looked at by axe, kept as pictures on request. */
const stack = stackForThisFile();
test.describe.configure({ mode: 'serial' });

const heading = (page: Page, name: string) => page.getByRole('heading', { name });

test('a fresh install: the welcome, creating, signing in, settings, profile, nothing there', async ({
  people,
}) => {
  test.setTimeout(240_000);
  const ann = await people.arrive('Ann');
  const { page } = ann;
  await page.goto(stack().url);
  await expect(page.getByRole('link', { name: 'Open your first nest' })).toBeVisible();
  await picture(page, 'welcome');

  await page.goto(`${stack().url}/create`);
  await expect(heading(page, 'A new nest')).toBeVisible();
  await picture(page, 'create-empty');
  await page.getByRole('button', { name: 'Create nest' }).last().click();
  await expect(page.getByText('A nest needs a title.')).toBeVisible();
  await picture(page, 'create-wrong');
  await page.getByRole('textbox', { name: 'Title' }).fill('Slow mornings');
  await page.getByLabel('Summary').fill('Coffee, birds and unhurried talk.');
  await page.getByLabel('Hashtags').fill('coffee morning');
  await page.getByText('Later', { exact: true }).click();
  await picture(page, 'create-planned');
  await page.getByText('Now', { exact: true }).click();

  await page.getByRole('button', { name: 'Sign in' }).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: /Make a key/ })).toBeVisible();
  await picture(page, 'sign-in');
  await dialog.getByRole('button', { name: /Make a key/ }).click();
  await dialog.getByLabel('Name').fill('Ann');
  await picture(page, 'sign-in-new-key');
  await dialog.getByLabel('Password', { exact: true }).fill('a long password');
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await expect(dialog.getByRole('button', { name: 'Copy key' })).toBeVisible({ timeout: 30_000 });
  await picture(page, 'sign-in-backup');
  await dialog.getByRole('button', { name: 'Remind me later' }).click();

  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await picture(page, 'account-menu');
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  await expect(heading(page, 'Ann')).toBeVisible();
  await picture(page, 'profile');
  await page.goto(`${stack().url}/settings`);
  await expect(heading(page, 'Settings')).toBeVisible();
  await picture(page, 'settings');
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await expect(dialog.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await picture(page, 'sign-in-unlock');
  await page.goto(`${stack().url}/no/such/place`);
  await expect(page.getByText('There is nothing here')).toBeVisible();
  await picture(page, 'not-found');
});

test('in the nest: alone, with a guest, a hand, an invitation, a full stage, chat, person, share', async ({
  people,
}) => {
  test.setTimeout(400_000);
  const ann = await people.arrive('Ann');
  const { link } = await openNest(ann, stack(), 'Slow mornings');
  await picture(ann.page, 'nest-alone');
  await refuseMicrophone(ann.page);
  await ann.page.getByRole('button', { name: 'Unmute microphone' }).click();
  await expect(ann.page.getByText('The microphone is not allowed').first()).toBeVisible();
  await picture(ann.page, 'nest-microphone-refused');
  await ann.page.reload();
  await ann.page.getByRole('button', { name: 'Join Audio' }).click();
  await expect(connected(ann)).toBeVisible();
  await ann.page.getByRole('button', { name: 'Share' }).first().click();
  await expect(ann.page.getByRole('dialog').getByRole('textbox', { name: 'Link' })).toBeVisible();
  await picture(ann.page, 'nest-share');
  await ann.page.keyboard.press('Escape');

  const ben = await people.arrive('Ben', { beside: ann });
  await ben.page.goto(link);
  await expect(ben.page.getByRole('button', { name: 'Join as Guest' })).toBeEnabled();
  await picture(ben.page, 'before-guest');
  await joinAsGuest(ben, link);

  const cleo = await people.arrive('Cleo', { beside: ann });
  await cleo.page.goto(link);
  await signIn(cleo);
  await expect(cleo.page.getByRole('button', { name: 'Join Audio' })).toBeEnabled();
  await picture(cleo.page, 'before-listener');
  await cleo.page.getByRole('button', { name: 'Join Audio' }).click();
  await expect(connected(cleo)).toBeVisible();
  await picture(cleo.page, 'nest-listener');
  await cleo.page.getByRole('button', { name: 'Raise hand' }).click();
  await expect(cleo.page.getByRole('button', { name: 'Lower hand' })).toBeVisible();
  await picture(cleo.page, 'nest-hand-up');
  const hands = ann.page.getByRole('list', { name: 'Hands' });
  await expect(hands.getByText('Cleo')).toBeVisible();
  await picture(ann.page, 'nest-hands');
  await hands.getByRole('button', { name: 'Accept Cleo' }).click();
  const speak = cleo.page.getByRole('dialog').getByRole('button', { name: 'Speak' });
  await expect(speak).toBeVisible();
  await picture(cleo.page, 'nest-invitation');
  await speak.click();
  await expect(cleo.page.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
  await picture(cleo.page, 'nest-speaker-muted');

  for (const name of ['Dora', 'Emil', 'Fay']) {
    const friend = await people.arrive(name, { beside: ann });
    await joinSignedIn(friend, link);
    if (name !== 'Fay') await comeOnStage(friend, ann);
  }
  await unmute(ann);
  await unmute(cleo);
  await hears(ben, 440);
  await picture(ann.page, 'nest-host');
  await picture(ben.page, 'nest-guest');

  await ann.page.getByRole('list', { name: 'Stage' }).getByRole('button', { name: /Cleo/ }).click();
  await expect(ann.page.getByRole('dialog').getByRole('button', { name: 'Move to audience' })).toBeVisible();
  await picture(ann.page, 'nest-person');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'More' }).click();
  await expect(ann.page.getByRole('menu')).toBeVisible();
  await picture(ann.page, 'nest-menu');
  await ann.page.keyboard.press('Escape');

  await writeToChat(cleo.page, 'Good morning. The coffee is still hot.');
  await writeToChat(ann.page, 'Come in, sit down, say hello when you like.');
  await expect(ann.page.getByText('Good morning. The coffee is still hot.').first()).toBeVisible();
  await picture(ann.page, 'nest-chat', (size) => openChat(ann.page, size));

  await ann.page.setViewportSize({ width: 1280, height: 800 });
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Restart', exact: true }).click();
  await expect(ben.page.getByText('The host restarted the nest').first()).toBeVisible();
  await hears(ben, 440);

  await openNeighboursNest(stack(), {
    name: 'Gus',
    title: 'Rust after work',
    hashtags: ['rust', 'code'],
    starts: nowS() + 7200,
  });
  await openNeighboursNest(stack(), {
    name: 'Hana',
    title: 'Songs from the kitchen',
    hashtags: ['music'],
    color: '#5b8c5a',
  });
  const visitor = await people.arrive('Visitor', { beside: ann });
  await visitor.page.goto(stack().url);
  await expect(visitor.page.getByRole('list', { name: 'Live now' }).getByText('Slow mornings')).toBeVisible();
  await expect(
    visitor.page.getByRole('list', { name: 'Upcoming' }).getByText('Rust after work'),
  ).toBeVisible();
  await picture(visitor.page, 'lobby');
  await visitor.page.getByRole('searchbox', { name: 'Search' }).fill('zebra');
  await expect(visitor.page.getByText('Nothing found for')).toBeVisible();
  await picture(visitor.page, 'lobby-not-found');
});

test('trouble: planned, connection lost, banned, ended, never there, diagnosed, the server away', async ({
  people,
}) => {
  test.setTimeout(400_000);
  const ann = await people.arrive('Ann');
  const ben = await people.arrive('Ben', { beside: ann });
  const { page } = ben;
  const planned = await openNeighboursNest(stack(), {
    name: 'Ida',
    title: 'Tomorrow, early',
    starts: nowS() + 86_400,
  });
  await page.goto(`${stack().url}/nest/${planned.id}`);
  await expect(heading(page, 'Tomorrow, early')).toBeVisible();
  await picture(page, 'before-planned');

  const { link } = await openNest(ann, stack(), 'Slow mornings');
  await joinAsGuest(ben, link);
  await ben.page.context().setOffline(true);
  stack().signal('livekit', 'SIGSTOP');
  await expect(page.getByRole('status').filter({ hasText: 'Reconnecting...' })).toBeVisible({
    timeout: 60_000,
  });
  await picture(page, 'nest-reconnecting');
  stack().signal('livekit', 'SIGCONT');
  await ben.page.context().setOffline(false);
  await expect(connected(ben)).toBeVisible({ timeout: 60_000 });
  await unmute(ann);
  await hears(ben, 440, 60_000);

  // The page tries for half a minute, while the others go on.
  const dora = await people.arrive('Dora', { beside: ann });
  const lost = dora.page;
  await lost.goto(`${stack().url}/nest/00000000-0000-4000-8000-000000000000`);
  await lost.getByRole('button', { name: 'Join as Guest' }).click();
  await expect(lost.getByRole('button', { name: 'Run API Diagnostics' })).toBeVisible({ timeout: 60_000 });
  await picture(lost, 'error-starting');

  const cleo = await people.arrive('Cleo', { beside: ann });
  await joinSignedIn(cleo, link);
  await ann.page.getByRole('list', { name: 'Audience' }).getByRole('button', { name: /Cleo/ }).click();
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click();
  await picture(ann.page, 'nest-ban');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(connected(cleo)).toBeHidden();
  await expect(heading(cleo.page, 'removed')).toBeVisible();
  await picture(cleo.page, 'nest-removed');

  await ann.page.getByRole('button', { name: 'More' }).click();
  await ann.page.getByRole('menuitem', { name: 'End nest' }).click();
  await picture(ann.page, 'nest-end');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'End nest' }).click();
  await expect(heading(page, 'ended')).toBeVisible();
  await picture(page, 'nest-ended');
  await picture(ann.page, 'nest-ended-host');

  await expect(lost.getByRole('main').getByText('This nest is no longer available.')).toBeVisible({
    timeout: 60_000,
  });
  await picture(lost, 'error-not-available');
  await lost.getByRole('button', { name: 'Run API Diagnostics' }).click();
  await expect(lost.getByText('Room exists: ❌ | Guest access: ❌').first()).toBeVisible({ timeout: 60_000 });
  await picture(lost, 'error-diagnosed');

  await page.goto(`${stack().url}/diagnostics`);
  await page.getByRole('button', { name: 'Run API Diagnostics' }).click();
  await expect(page.getByRole('button', { name: /Copy/ })).toBeVisible({ timeout: 60_000 });
  await picture(page, 'diagnostics');

  await page.context().route('**/api/v1/**', (route) => route.abort());
  await page.goto(stack().url);
  await expect(page.getByText('The server cannot be reached').first()).toBeVisible({ timeout: 30_000 });
  await picture(page, 'lobby-unreachable');
});

/** From now on the browser answers as if somebody had pressed "Block". */
async function refuseMicrophone(page: Page): Promise<void> {
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('refused', 'NotAllowedError'));
  });
}

async function writeToChat(page: Page, text: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText(text).first()).toBeVisible();
}

/** On phones the chat is a sheet, on wide screens it is always there. */
async function openChat(page: Page, size: 'phone' | 'desktop'): Promise<void> {
  const message = page.getByRole('textbox', { name: 'Message' });
  if (size === 'phone' && !(await message.isVisible()))
    await page.getByRole('button', { name: /^Chat/ }).click();
  await expect(message).toBeVisible();
}
