import { expect, test } from '@playwright/test';
import { longestGap, usualAmplitude, toDb } from './analysis.ts';
import { HEARD_DB } from './journey.ts';
import type { Person } from './person.ts';

/** One ear, one tone, from one moment on. */
export interface Watch {
  person: Person;
  tone: number;
  /** The moment, in samples. */
  from: number;
  /** How loud the tone was then. */
  usual: number;
}

/** What was measured at one ear. */
export interface Measured {
  who: string;
  tone: number;
  gapMs: number;
  doublingMs: number;
}

/** Begins to watch ears; each must hear its tone at this moment. */
export async function watch(ears: [Person, number][]): Promise<Watch[]> {
  return Promise.all(
    ears.map(async ([person, tone]) => {
      const usual = usualAmplitude(await person.hearing.last(1), tone);
      expect(toDb(usual), `${person.name} hears ${tone} Hz beforehand`).toBeGreaterThan(HEARD_DB);
      return { person, tone, usual, from: await person.hearing.now() };
    }),
  );
}

/** Waits until each ear has heard its tone without a break for some seconds; resolves with how long that took, in seconds. */
export async function allHearAgain(
  watches: Watch[],
  { steadyS = 2, withinMs = 60_000 } = {},
): Promise<number> {
  const started = performance.now();
  const steady = async ({ person, tone, usual }: Watch): Promise<boolean> =>
    longestGap(await person.hearing.last(steadyS), tone, usual).lengthMs < 100;
  await expect
    .poll(async () => (await Promise.all(watches.map(steady))).every(Boolean), {
      message: 'everybody hears again',
      timeout: withinMs,
      intervals: [250],
    })
    .toBe(true);
  return (performance.now() - started) / 1000 - steadyS;
}

/** Measures what was missing, and what was heard twice, since the watch began. */
export async function measure(watches: Watch[]): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { person, tone, from, usual } of watches) {
    const sound = await person.hearing.since(from);
    const doubling = await person.hearing.longestDoubling(from);
    measured.push({
      who: person.name,
      tone,
      gapMs: Math.round(longestGap(sound, tone, usual).lengthMs),
      doublingMs: doubling.lengthMs,
    });
  }
  return measured;
}

/** Prints figures, and keeps them with the test's result. */
export function report(what: string, figures: Measured[] | string): void {
  const text =
    typeof figures === 'string'
      ? figures
      : figures
          .map(
            ({ who, tone, gapMs, doublingMs }) =>
              `${who} ${tone} Hz: gap ${gapMs} ms, doubled ${doublingMs} ms`,
          )
          .join('; ');
  test.info().annotations.push({ type: what, description: text });
  console.log(`    ${what}: ${text}`);
}
