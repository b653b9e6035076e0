import { writeFileSync } from 'node:fs';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { Person, type PersonOptions } from './person.ts';

/** What people do, in the words that are on the screen; nothing here reaches behind it. */

/** A tone louder than this is heard (dB of full scale); the fake microphones play at −6 dB. */
export const HEARD_DB = -20;
/** Quieter by this much is silence. */
export const MUTED_BY_DB = 40;

/** Who takes part in a test; everybody leaves when it ends. */
export const test = base.extend<{ people: People }>({
  // Playwright wants the first argument taken apart, also where nothing is taken from it.
  // eslint-disable-next-line no-empty-pattern
  people: async ({}, use, info) => {
    const people = new People();
    await use(people);
    if (info.status !== info.expectedStatus) await people.report();
    await people.leave();
  },
});

/** The people of one test, each with a browser of their own. */
export class People {
  private readonly all: Person[] = [];

  /** Somebody new. */
  async arrive(name: string, options: PersonOptions = {}): Promise<Person> {
    const person = await Person.arrive(name, options);
    this.all.push(person);
    return person;
  }

  /** After a failure: a picture, what was heard, and what the console said, of everybody. */
  async report(): Promise<void> {
    const info = base.info();
    for (const person of this.all) {
      const heard = await person.hearing.describe().catch((error: unknown) => String(error));
      const screen = await person.page.ariaSnapshot().catch((error: unknown) => String(error));
      const text = [`at ${person.page.url()}`, heard, screen, ...person.console.slice(-200)].join('\n\n');
      const file = info.outputPath(person.name);
      writeFileSync(`${file}.txt`, text);
      await info.attach(`${person.name}.txt`, { path: `${file}.txt` });
      await person.page.screenshot({ path: `${file}.png` }).catch(() => null);
    }
  }

  /** Everybody closes the browser. */
  async leave(): Promise<void> {
    // Last come, first gone: whoever brought a browser that others share leaves after them.
    for (const person of this.all.reverse()) await person.leave();
  }
}

/** The connection badge when it says so. */
export function connected({ page }: Person): Locator {
  return page.getByRole('status').filter({ hasText: /^Connected$/ });
}

/** The sign-in dialog is open: makes a new key for this visit. */
export async function makeKey({ page, name }: Person): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /Make a key/ }).click();
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('radio', { name: /For this visit only/ }).check();
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await dialog.getByRole('button', { name: 'Remind me later' }).click();
  await expect(dialog).toBeHidden();
}

/** Signs in with a new key, wherever the person is. */
export async function signIn(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Sign in' }).first().click();
  await makeKey(person);
}

/** A nest that was opened: its room id, and the link its host shares. */
export interface OpenedNest {
  id: string;
  link: string;
}

/** Where Nests is, whatever runs it. */
export interface Place {
  url: string;
}

/** Opens a nest as a new person, from the lobby to being inside. */
export async function openNest(
  host: Person,
  place: Place,
  title = 'An evening among friends',
): Promise<OpenedNest> {
  await openNestWith(host, place, title, () => Promise.resolve());
  return { id: nestIdOf(host), link: await sharedLink(host) };
}

/**
 * Opens a nest as a new person who fills in more than its title.
 * @param fillIn what else they do on the page where nests are made
 */
export async function openNestWith(
  host: Person,
  { url }: Place,
  title: string,
  fillIn: (page: Page) => Promise<void>,
): Promise<void> {
  const { page } = host;
  await page.goto(url);
  await page
    .getByRole('link', { name: 'Create nest' })
    .or(page.getByRole('button', { name: 'Create nest' }))
    .first()
    .click();
  await page.getByRole('textbox', { name: 'Title' }).fill(title);
  await fillIn(page);
  await page.getByRole('button', { name: 'Create nest' }).last().click();
  await makeKey(host);
  await page.waitForURL(/\/nest\/[0-9a-f-]{36}/);
  await joinAudio(host);
}

/** The room id in the address bar. */
export function nestIdOf({ page }: Person): string {
  return decodeURIComponent(new URL(page.url()).pathname.split('/')[2] ?? '');
}

/** What *Share* hands out. */
export async function sharedLink({ page }: Person): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).first().click();
  const dialog = page.getByRole('dialog');
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  return link;
}

/** Signed in, on the nest's page: goes in. */
export async function joinAudio(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Join Audio' }).click();
  await expect(connected(person)).toBeVisible();
}

/** Opens a link and goes in as a guest. */
export async function joinAsGuest(person: Person, link: string): Promise<void> {
  await person.page.goto(link);
  await person.page.getByRole('button', { name: 'Join as Guest' }).click();
  await expect(connected(person)).toBeVisible();
}

/** Opens a link, signs in with a new key, and goes in. */
export async function joinSignedIn(person: Person, link: string): Promise<void> {
  await person.page.goto(link);
  await signIn(person);
  await joinAudio(person);
}

/** Opens the microphone; resolves when the screen says that it is open. */
export async function unmute({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Unmute microphone' }).click();
  await expect(page.getByRole('button', { name: 'Mute microphone' })).toBeVisible();
}

/** Closes the microphone; resolves when the screen says that it is closed. */
export async function mute({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Mute microphone' }).click();
  await expect(page.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
}

/** Somebody in the audience raises a hand, the host accepts, they come on the stage, muted. */
export async function comeOnStage(guestOfHonour: Person, host: Person): Promise<void> {
  await guestOfHonour.page.getByRole('button', { name: 'Raise hand' }).click();
  const hands = host.page.getByRole('list', { name: 'Hands' });
  await expect(hands.getByText(guestOfHonour.name)).toBeVisible();
  await hands.getByRole('button', { name: `Accept ${guestOfHonour.name}` }).click();
  await guestOfHonour.page.getByRole('dialog').getByRole('button', { name: 'Speak' }).click();
  await expect(guestOfHonour.page.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
}

/** The host moves somebody from the stage into the audience. */
export async function moveToAudience(host: Person, person: Person): Promise<void> {
  const { page } = host;
  await page
    .getByRole('list', { name: 'Stage' })
    .getByRole('button', { name: new RegExp(person.name) })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Move to audience' }).click();
}

/** Waits until the person hears a tone. */
export async function hears(person: Person, hz: number, within = 20_000): Promise<void> {
  await expect
    .poll(() => person.hearing.toneDb(hz), {
      message: `${person.name} hears ${hz} Hz`,
      timeout: within,
      intervals: [100],
    })
    .toBeGreaterThan(HEARD_DB);
}

/** Waits until the person no longer hears a tone. */
export async function hearsNo(person: Person, hz: number, within = 10_000): Promise<void> {
  await expect
    .poll(() => person.hearing.toneDb(hz), {
      message: `${person.name} hears no ${hz} Hz`,
      timeout: within,
      intervals: [100],
    })
    .toBeLessThan(HEARD_DB - MUTED_BY_DB);
}
