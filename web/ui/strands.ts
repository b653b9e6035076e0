import { numbersFrom } from './random.ts';

/** One straw of a nest, in a box 400 wide and 100 high: an SVG path with its thickness in CSS pixels. */
export interface Strand {
  path: string;
  thickness: number;
  opacity: number;
}

const round = (value: number) => Math.round(value * 10) / 10;

/**
 * The straws of a nest, from its rim (first) to its bottom (last). The same seed always gives the same nest.
 * @param seed - the nest's id
 * @param count - how many straws
 */
export function strands(seed: string, count: number): Strand[] {
  const next = numbersFrom(seed);
  return Array.from({ length: count }, (_, i) => {
    const depth = count === 1 ? 1 : i / (count - 1);
    const left = 3 + depth * 26 + (next() - 0.5) * 12;
    const right = 397 - depth * 26 - (next() - 0.5) * 12;
    const leftTop = 4 + depth * 26 + next() * 12;
    const rightTop = 4 + depth * 26 + next() * 12;
    const bottom = 62 + depth * 64 + (next() - 0.5) * 8;
    const bend = 58 + next() * 34;
    return {
      path: `M${round(left)} ${round(leftTop)} C${round(left + bend)} ${round(bottom)} ${round(right - bend)} ${round(bottom)} ${round(right)} ${round(rightTop)}`,
      thickness: round(0.8 + next() * 1.8),
      opacity: round((0.35 + next() * 0.6) * 10) / 10,
    };
  });
}
