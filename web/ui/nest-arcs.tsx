import { memo } from 'react';
import { classes } from './classes.ts';
import { strands } from './strands.ts';

/** What NestArcs takes. */
export interface NestArcsProps {
  /** What the nest is drawn from: its id. */
  seed: string;
  /** How many straws the whole nest has. */
  count?: number;
  /** The inner wall behind what lies in the nest, the front rim before it, or all of it. */
  part?: 'all' | 'back' | 'front';
  className?: string;
}

/**
 * The one ornament: a bowl of thin straw arcs that fills its box, whatever the box's shape. Put it behind faces
 * (`absolute inset-0`), never behind bare words: give those the `quiet-ground` class or a place outside.
 */
export const NestArcs = memo(function NestArcs({ seed, count = 14, part = 'all', className }: NestArcsProps) {
  const all = strands(seed, count);
  const front = Math.ceil(count * 0.35);
  const shown = part === 'all' ? all : part === 'back' ? all.slice(0, -front) : all.slice(-front);
  return (
    <svg
      aria-hidden
      viewBox="0 0 400 100"
      preserveAspectRatio="none"
      className={classes('pointer-events-none block overflow-visible text-straw', className)}
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
    >
      {shown.map((strand) => (
        <path
          key={strand.path}
          d={strand.path}
          strokeWidth={strand.thickness}
          strokeOpacity={strand.opacity}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
});
