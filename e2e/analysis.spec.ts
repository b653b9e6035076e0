import { expect, test } from '@playwright/test';
import {
  envelope,
  longestGap,
  longestSurge,
  part,
  percentile,
  SILENCE_DB,
  strongestTone,
  toneDb,
  type Sound,
} from './support/analysis.ts';
import { RATE, sine, wav } from './support/tones.ts';

/** The instruments are proven before anything is measured with them. */

const mix = (...sounds: Sound[]): Sound => ({
  rate: RATE,
  samples: sounds[0]!.samples.map((_, n) => sounds.reduce((sum, { samples }) => sum + samples[n]!, 0)),
});
const silence = (sound: Sound, fromMs: number, toMs: number): Sound => ({
  rate: RATE,
  samples: sound.samples.map((sample, n) =>
    n >= (fromMs * RATE) / 1000 && n < (toMs * RATE) / 1000 ? 0 : sample,
  ),
});
const noise = (seconds: number, amplitude: number): Sound => {
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  return { rate: RATE, samples: Float32Array.from({ length: seconds * RATE }, () => 2 * amplitude * next()) };
};

test('a tone is found at its frequency and level, also in noise and beside another', () => {
  for (const hz of [220, 440, 660, 1234.5]) {
    const heard = mix(sine(hz, 1, 0.25), noise(1, 0.05));
    expect(Math.abs(strongestTone(heard).hz - hz)).toBeLessThan(1);
    expect(toneDb(heard, hz)).toBeCloseTo(-12, 0);
  }
  const both = mix(sine(440, 1, 0.5), sine(660, 1, 0.05));
  expect(toneDb(both, 440)).toBeCloseTo(-6, 0);
  expect(toneDb(both, 660)).toBeCloseTo(-26, 0);
  expect(toneDb(sine(440, 1), 660)).toBeLessThan(-80);
  expect(toneDb(silence(sine(440, 1), 0, 1000), 440)).toBe(SILENCE_DB);
});

test('gaps are measured to a few milliseconds, also beside another tone', () => {
  for (const gap of [0, 15, 33, 60, 250, 1200]) {
    const broken = mix(silence(sine(440, 4, 0.3), 1500, 1500 + gap), sine(660, 4, 0.3), noise(4, 0.01));
    const found = longestGap(broken, 440);
    expect(Math.abs(found.lengthMs - gap)).toBeLessThan(5);
    if (gap > 0) expect(Math.abs(found.startMs - 1500)).toBeLessThan(10);
    expect(longestGap(broken, 660).lengthMs).toBe(0);
  }
});

test('a second copy of the same tone is noticed', () => {
  const once = sine(440, 3, 0.3);
  const copy = silence(silence(sine(440, 3, 0.3), 0, 1000), 1100, 3000);
  expect(longestSurge(once, 440).lengthMs).toBe(0);
  expect(Math.abs(longestSurge(mix(once, copy), 440).lengthMs - 100)).toBeLessThan(6);
});

test('parts, envelopes and files have the length they should', () => {
  const tone = sine(440, 2);
  expect(part(tone, -0.5).samples.length).toBe(RATE / 2);
  expect(part(tone, 0.5, 1).samples.length).toBe(RATE / 2);
  expect(envelope(tone, 440).length).toBe(1991);
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([], 0.5)).toBe(0);
  expect(wav(tone).length).toBe(44 + 2 * RATE * 2);
});
