import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sound } from './analysis.ts';

/** What the browsers' microphones hear, in samples per second. */
export const RATE = 48_000;

/** A sine of the given frequency; whole cycles, so that it can be looped without a seam. */
export function sine(hz: number, seconds: number, amplitude = 0.5): Sound {
  const length = Math.round(seconds * RATE);
  const samples = Float32Array.from(
    { length },
    (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / RATE),
  );
  return { samples, rate: RATE };
}

/** The bytes of a WAV file: mono, 16 bit. */
export function wav({ samples, rate }: Sound): Buffer {
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, n) =>
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), n * 2),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** Writes a tone for a fake microphone, which plays it in a loop; returns the file's name. */
export function writeTone(folder: string, hz: number): string {
  const file = join(folder, `tone-${hz}.wav`);
  writeFileSync(file, wav(sine(hz, 10)));
  return file;
}
