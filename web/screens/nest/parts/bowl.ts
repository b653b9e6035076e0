import { numbersFrom } from '../../../ui/random.ts';

/** One straw of the bowl, as an SVG path. */
export interface Straw {
  d: string;
  /** Stroke width in pixels. */
  width: number;
  /** 0–1; the deeper, the fainter. */
  opacity: number;
}

/** A point in pixels of the bowl's box. */
export interface Point {
  x: number;
  y: number;
}

/** What the bowl carries: everything inside stays free of straws. */
export interface Bowl {
  /** Width of the box. */
  width: number;
  /** Where the rim is, from the top of the box. */
  rim: number;
  /** Half the width and the lower edge (from the top of the box) of each row of people or text. */
  rows: { half: number; bottom: number }[];
  /** Half the width of the rim; found from the rows when absent. */
  half?: number;
  /** How deep the innermost straws hang at least, from the rim. */
  depth?: number;
  /** How thick the bundle of straws is at the bottom; found from the depth when absent. */
  thickness?: number;
  /** The exponent of the bowl's superellipse: 2 is round, more is nearer to a box; found from the rows when absent. */
  fullness?: number;
  /** How many straws; 30 when absent. */
  straws?: number;
}

/** How far the innermost straw keeps from what the bowl carries. */
const QUIET = 12;
/** The steps a straw is drawn in. */
const STEPS = 26;
const STRAWS = 30;

/** Half the bowl's width at the rim: the rows with air beside them, within the box. */
function rimHalf(bowl: Bowl): number {
  if (bowl.half !== undefined) return bowl.half;
  const widest = Math.max(60, ...bowl.rows.map((row) => row.half)) + QUIET;
  return Math.max(widest * 1.12, Math.min(bowl.width * 0.47, widest * 1.32));
}

/** A bowl that fits tightly is fuller (nearer to a box), one with air is rounder: the exponent of its superellipse. */
function fullnessFor(bowl: Bowl, half: number): number {
  if (bowl.fullness !== undefined) return bowl.fullness;
  const widest = Math.max(0, ...bowl.rows.map((row) => row.half));
  return widest / half > 0.78 ? 3.5 : 2.7;
}

/** How deep a straw of this width and fullness must hang so that it passes below everything the bowl carries. */
function depthFor(bowl: Bowl, half: number, fullness: number): number {
  const needed = bowl.rows
    .filter((row) => row.bottom > bowl.rim)
    .map((row) => {
      const across = Math.min(0.97, (row.half + QUIET) / half);
      return (row.bottom + QUIET - bowl.rim) / (1 - across ** fullness) ** (1 / fullness);
    });
  return Math.max(bowl.depth ?? 44, ...needed);
}

/** How thick the bundle of straws is below the hollow. */
function thicknessFor(depth: number): number {
  return Math.min(58, 24 + depth * 0.12);
}

interface Line {
  points: Point[];
  width: number;
  opacity: number;
}

/** The points of every straw, for drawing and for the test that none enters the hollow. */
export function bowlLines(bowl: Bowl, seed: string): Line[] {
  const random = numbersFrom(seed);
  const half = rimHalf(bowl);
  const fullness = fullnessFor(bowl, half);
  const thickness = bowl.thickness ?? thicknessFor(depthFor(bowl, half, fullness));
  const count = bowl.straws ?? STRAWS;
  return Array.from({ length: count }, (_, index) => {
    const layer = index / Math.max(1, count - 1);
    const ownHalf = half + (random() - 0.1) * 14 + layer * 16;
    const ownFullness = fullness + (random() - 0.35) * 0.9;
    const lean = (random() - 0.5) * (8 + 18 * layer);
    const stray = random() < 0.14 ? random() * 16 : 0;
    const depth = depthFor(bowl, ownHalf, ownFullness) + thickness * layer ** 1.25 + stray;
    const flare = 4 + random() * 26;
    // Deeper straws end lower, and none of them at the height of its neighbour.
    const from = random() * 0.3 + layer * 0.16;
    const to = Math.PI - random() * 0.3 - layer * 0.16;
    const points = Array.from({ length: STEPS + 1 }, (_unused, step) => {
      const angle = from + ((to - from) * step) / STEPS;
      const side = Math.cos(angle);
      const down = Math.sin(angle);
      const outward = flare * (1 - down) ** 2.4 * Math.sign(side);
      return {
        x: bowl.width / 2 + Math.sign(side) * ownHalf * Math.abs(side) ** (2 / ownFullness) + outward,
        y: bowl.rim + depth * down ** (2 / ownFullness) + Math.abs(lean) + lean * side,
      };
    });
    const width = 0.8 + random() ** 2 * 2.2;
    return { points, width, opacity: (0.3 + random() * 0.62) * (1 - layer * 0.7) };
  });
}

/** A smooth line through the points (Catmull-Rom as Bézier curves). */
function smooth(points: readonly Point[]): string {
  const at = (index: number) => points[Math.max(0, Math.min(points.length - 1, index))] ?? { x: 0, y: 0 };
  const pair = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const curves = points.slice(1).map((next, index) => {
    const [before, here, after] = [at(index - 1), at(index), at(index + 2)];
    const first = pair(here.x + (next.x - before.x) / 6, here.y + (next.y - before.y) / 6);
    const second = pair(next.x - (after.x - here.x) / 6, next.y - (after.y - here.y) / 6);
    return `C${first} ${second} ${pair(next.x, next.y)}`;
  });
  return `M${pair(at(0).x, at(0).y)}${curves.join('')}`;
}

/** Straws as they are drawn, and the height of the box that holds them and what they carry. */
export interface WovenBowl {
  straws: Straw[];
  height: number;
}

/**
 * The straw bowl that carries what stands in `rows`: thin arcs beside and below it, never across it. The same seed (the nest's id)
 * always weaves the same bowl.
 */
export function weaveBowl(bowl: Bowl, seed: string): WovenBowl {
  const lines = bowlLines(bowl, seed);
  const lowest = Math.max(0, ...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  return {
    height: Math.ceil(lowest + 4),
    straws: lines.map(({ points, width, opacity }) => ({
      d: smooth(points),
      width: Number(width.toFixed(2)),
      opacity: Number(opacity.toFixed(2)),
    })),
  };
}
