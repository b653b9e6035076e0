import type { BrowserContext, Page } from '@playwright/test';
import { longestRun, strongestTone, toneDb, type Sound, type Stretch } from './analysis.ts';
import { countMicrophoneRequests, installEar, type Ear } from './ear-script.ts';

declare global {
  interface Window {
    ear: Ear;
    readonly microphoneRequests: number;
  }
}

/** Gives every page of the context an ear; call it before any page is opened. */
export async function giveEars(context: BrowserContext): Promise<void> {
  await context.addInitScript(installEar);
  await context.addInitScript(countMicrophoneRequests);
}

/** What a person in front of a page hears. Moments are counted in samples from the page's load. */
export class Hearing {
  constructor(private readonly page: Page) {}

  /** This moment. */
  now(): Promise<number> {
    return this.page.evaluate(() => window.ear.now());
  }

  /** Everything heard between two moments; up to the last portion collected, unless the second is named. */
  async since(from: number, to?: number): Promise<Sound> {
    const { text, rate } = await this.page.evaluate(
      ([start, end]) => ({
        text: window.ear.read(start, end ?? window.ear.collected()),
        rate: window.ear.rate,
      }),
      [from, to] as const,
    );
    const bytes = Buffer.from(text, 'base64');
    const samples = Float32Array.from(
      { length: bytes.length / 2 },
      (_, n) => bytes.readInt16LE(n * 2) / 32_768,
    );
    return { samples, rate };
  }

  /** The last so many seconds. */
  async last(seconds: number): Promise<Sound> {
    const end = await this.page.evaluate(() => window.ear.collected());
    return this.since(Math.max(0, end - Math.round(seconds * 48_000)), end);
  }

  /** Level of a tone during the last half second, in dB of full scale. */
  async toneDb(hz: number): Promise<number> {
    return toneDb(await this.last(0.5), hz);
  }

  /** The strongest tone of the last half second. */
  async strongestTone(): Promise<{ hz: number; db: number }> {
    return strongestTone(await this.last(0.5));
  }

  /** The longest stretch since that moment in which one speaker was heard from two elements at once. */
  async longestDoubling(from: number): Promise<Stretch> {
    const blocks = await this.page.evaluate(
      (start) => window.ear.sounding(start, window.ear.collected()),
      from,
    );
    const { startMs, lengthMs } = longestRun(blocks, (names) => new Set(names).size < names.length);
    return { startMs: startMs * 10, lengthMs: lengthMs * 10 };
  }

  /** How often the page has asked for the microphone. */
  microphoneRequests(): Promise<number> {
    return this.page.evaluate(() => window.microphoneRequests);
  }

  /** For reports: what plays, and what is heard of it. */
  async describe(): Promise<string> {
    const { state, elements } = await this.page.evaluate(() => ({
      state: window.ear.state,
      elements: window.ear.elements(),
    }));
    const { hz, db } = await this.strongestTone();
    const playing = elements.map(({ name, audible }) => `${name.slice(0, 8)}${audible ? '' : ' (silent)'}`);
    return `ear ${state}; elements: ${playing.join(', ') || 'none'}; strongest ${hz} Hz at ${db.toFixed(1)} dB`;
  }
}
