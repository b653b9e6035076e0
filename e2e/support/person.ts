import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Page,
  type Response,
} from '@playwright/test';
import { giveEars, Hearing } from './hearing.ts';
import { writeTone } from './tones.ts';

/** Debian's Chromium, or another. */
export const CHROMIUM = process.env['NESTS_CHROMIUM'] ?? '/usr/bin/chromium';

/** How long a button may take to be there. */
const ACTION_MS = 20_000;

/** How a person comes along. */
export interface PersonOptions {
  /** What their microphone hears, in Hz. */
  tone?: number;
  context?: BrowserContextOptions;
  /** Shares the browser, and with it the microphone, of somebody who is there; they must leave later. */
  beside?: Person;
}

/** Somebody with a browser of their own: a microphone that hears a tone, an ear, and a console that is written down. */
export class Person {
  readonly console: string[] = [];
  /** Tokens, sessions and signed headers that this person's browser has seen. */
  readonly secrets = new Set<string>();

  private constructor(
    readonly name: string,
    readonly page: Page,
    readonly hearing: Hearing,
    private readonly browser: Browser,
    private readonly ownsBrowser: boolean,
    private readonly folder: string,
  ) {
    page.on('console', (message) => this.console.push(`[${message.type()}] ${message.text()}`));
    page.on('response', (response) => void this.noteSecrets(response));
    page.on('pageerror', (error) => this.console.push(`[uncaught] ${error.message}`));
  }

  private async noteSecrets(response: Response): Promise<void> {
    const { authorization } = response.request().headers();
    if (authorization !== undefined) this.secrets.add(authorization);
    if (!response.url().includes('/api/v1/nests') || response.url().endsWith('/events')) return;
    const text = await response.text().catch(() => '');
    for (const [, secret] of text.matchAll(/"(?:token|session)":"([^"]{20,})"/g))
      if (secret !== undefined) this.secrets.add(secret);
  }

  /** Starts a browser for them. */
  static async arrive(
    name: string,
    { tone = 440, context = {}, beside }: PersonOptions = {},
  ): Promise<Person> {
    const folder = mkdtempSync(join(tmpdir(), 'nests-person-'));
    const browser =
      beside?.browser ??
      (await chromium.launch({
        executablePath: CHROMIUM,
        args: [
          '--no-sandbox',
          '--disable-quic',
          '--disable-background-networking',
          '--use-fake-device-for-media-stream',
          '--use-fake-ui-for-media-stream',
          `--use-file-for-fake-audio-capture=${writeTone(folder, tone)}`,
        ],
      }));
    const opened = await browser.newContext({ ...context, permissions: ['microphone'] });
    await giveEars(opened);
    const page = await opened.newPage();
    page.setDefaultTimeout(ACTION_MS);
    return new Person(name, page, new Hearing(page), browser, beside === undefined, folder);
  }

  /** What the console said, as far as it contains the text. */
  said(text: string): string[] {
    return this.console.filter((line) => line.includes(text));
  }

  /** Closes the browser. */
  async leave(): Promise<void> {
    await this.page.context().close();
    if (this.ownsBrowser) await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
