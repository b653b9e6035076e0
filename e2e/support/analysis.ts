/** What samples of sound say: which tones are in them, how loud, and where they are missing. Nothing here touches a browser. */

/** Mono sound; `rate` in samples per second. */
export interface Sound {
  samples: Float32Array;
  rate: number;
}

/** Amplitude that counts as silence, in dB of full scale; nothing is ever reported quieter. */
export const SILENCE_DB = -120;

/** Linear amplitude → dB of full scale. */
export function toDb(amplitude: number): number {
  return amplitude <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, 20 * Math.log10(amplitude));
}

/** A part of the sound, from and to in seconds; a negative `from` counts from the end. */
export function part(sound: Sound, from: number, to?: number): Sound {
  const at = (seconds: number): number => Math.round(seconds * sound.rate);
  return { rate: sound.rate, samples: sound.samples.slice(at(from), to === undefined ? undefined : at(to)) };
}

/** Amplitude (0–1) of a sine of `hz` in the sound, by Goertzel's algorithm under a Hann window. */
export function toneAmplitude({ samples, rate }: Sound, hz: number): number {
  return windowedAmplitude(samples, 0, samples.length, hz / rate);
}

/** Level of a tone in dB of full scale. */
export function toneDb(sound: Sound, hz: number): number {
  return toDb(toneAmplitude(sound, hz));
}

function windowedAmplitude(samples: Float32Array, start: number, length: number, cycles: number): number {
  if (length < 2) return 0;
  const coefficient = 2 * Math.cos(2 * Math.PI * cycles);
  const window = hannWindow(length);
  let [last, beforeLast] = [0, 0];
  for (let n = 0; n < length; n++) {
    const next = (samples[start + n] ?? 0) * (window[n] ?? 0) + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return (4 * Math.sqrt(Math.max(0, power))) / (length - 1);
}

const windows = new Map<number, Float64Array>();

function hannWindow(length: number): Float64Array {
  let window = windows.get(length);
  if (!window) {
    const bend = (2 * Math.PI) / (length - 1);
    window = Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos(bend * n));
    windows.set(length, window);
  }
  return window;
}

/**
 * The strongest tone between two frequencies, found to half a hertz. Take half a second of sound or more.
 */
export function strongestTone(sound: Sound, from = 100, to = 2000): { hz: number; db: number } {
  let best = { hz: from, amplitude: -1 };
  const scan = (low: number, high: number, step: number): void => {
    for (let hz = low; hz <= high; hz += step) {
      const amplitude = toneAmplitude(sound, hz);
      if (amplitude > best.amplitude) best = { hz, amplitude };
    }
  };
  scan(from, to, 2);
  scan(best.hz - 2, best.hz + 2, 0.5);
  return { hz: best.hz, db: toDb(best.amplitude) };
}

/** Window and step of an envelope, in seconds: short enough for gaps, long enough to part tones 200 Hz from each other. */
const WINDOW_S = 0.01;
const STEP_S = 0.001;

/** The tone's amplitude over time, one value each millisecond; value n is centred on n ms + 5 ms. */
export function envelope({ samples, rate }: Sound, hz: number): Float32Array {
  const window = Math.round(WINDOW_S * rate);
  const step = Math.round(STEP_S * rate);
  const count = Math.max(0, Math.floor((samples.length - window) / step) + 1);
  return Float32Array.from({ length: count }, (_, n) =>
    windowedAmplitude(samples, n * step, window, hz / rate),
  );
}

/** A stretch of time in milliseconds from the beginning of the sound. */
export interface Stretch {
  startMs: number;
  lengthMs: number;
}

/** The amplitude that the tone usually has in this sound. */
export function usualAmplitude(sound: Sound, hz: number): number {
  return percentile(envelope(sound, hz), 0.5);
}

/**
 * The longest stretch in which the tone is missing (below half of its usual level). Silence at the beginning and at the
 * end counts as well: hand in only sound in which the tone should be there throughout.
 * @param usual the amplitude it should have; measured before, where the gap may be longer than the rest
 */
export function longestGap(sound: Sound, hz: number, usual = usualAmplitude(sound, hz)): Stretch {
  return longestRun(envelope(sound, hz), (level) => level < usual / 2);
}

/** The longest stretch in which the tone is much louder than usual (by more than 3.5 dB): two copies that add up. */
export function longestSurge(sound: Sound, hz: number): Stretch {
  const usual = usualAmplitude(sound, hz);
  return longestRun(envelope(sound, hz), (level) => level > usual * 1.5);
}

/** The longest run of entries, one a millisecond, that satisfy the condition. */
export function longestRun<T>(entries: ArrayLike<T>, satisfies: (entry: T) => boolean): Stretch {
  let best: Stretch = { startMs: 0, lengthMs: 0 };
  let length = 0;
  for (let n = 0; n < entries.length; n++) {
    const entry = entries[n];
    length = entry !== undefined && satisfies(entry) ? length + 1 : 0;
    if (length > best.lengthMs) best = { startMs: n - length + 1, lengthMs: length };
  }
  return best;
}

/** The value below which the given share (0–1) of the values lies; 0 when there are none. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
