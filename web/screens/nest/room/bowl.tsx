import { memo } from 'react';
import type { WovenBowl } from '../parts/bowl.ts';

/** What a NestBowl takes. */
export interface NestBowlProps {
  bowl: WovenBowl;
  /** Width of the box in pixels; 0 = not measured yet. */
  width: number;
  /** Paler, for a nest that is over or not there. */
  faded?: boolean;
}

/** The straw bowl around what it carries. Its parent is positioned and has its width. */
export const NestBowl = memo(function NestBowl({ bowl, width, faded = false }: NestBowlProps) {
  if (width === 0) return null;
  return (
    <svg
      aria-hidden
      data-bowl
      width={width}
      height={bowl.height}
      className="bowl pointer-events-none absolute inset-0 overflow-visible"
      style={faded ? { opacity: 0.5 } : undefined}
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
    >
      {bowl.straws.map((straw) => (
        <path key={straw.d} d={straw.d} strokeWidth={straw.width} strokeOpacity={straw.opacity} />
      ))}
    </svg>
  );
});
