import { numbersFrom } from './random.ts';

/** One band of a woven face: an arc across a circle of diameter 100, as an SVG path to be stroked. */
export interface Band {
  path: string;
  width: number;
  color: string;
}

/** The drawing of a face without a picture. */
export interface Weave {
  ground: string;
  bands: Band[];
}

const round = (value: number) => Math.round(value * 10) / 10;

/**
 * Weaves a face from a key: five to seven arcs in two neighbouring hues on a dark ground of the first. The same
 * key always gives the same face.
 */
export function weave(pubkey: string): Weave {
  const next = numbersFrom(pubkey);
  const hue = Math.floor(next() * 360);
  const neighbour = (hue + 28 + next() * 24) % 360;
  const count = 5 + Math.floor(next() * 3);
  const tilt = (next() - 0.5) * 10;
  const bands: Band[] = [];
  let top = 34 + next() * 6;
  for (let i = 0; i < count; i++) {
    const width = 4.5 + next() * 6;
    const sag = 10 + next() * 10;
    const y = top + width / 2;
    const lean = tilt + (next() - 0.5) * 6;
    const band = next() < 0.5 ? hue : neighbour;
    const lightness = 0.6 + next() * 0.22;
    bands.push({
      path: `M-4 ${round(y - lean)} Q50 ${round(y + sag * 2)} 104 ${round(y + lean)}`,
      width: round(width),
      color: `oklch(${lightness.toFixed(2)} ${(0.075 + next() * 0.035).toFixed(3)} ${band.toFixed(0)})`,
    });
    top += width + 1.5 + next() * 4;
  }
  return { ground: `oklch(0.35 0.05 ${hue})`, bands };
}

/** The first letter of a name as people write it (emoji and marks stay whole), or nothing. */
export function initialOf(name: string | undefined): string {
  const text = name?.trim() ?? '';
  for (const { segment } of new Intl.Segmenter().segment(text)) return segment;
  return '';
}
