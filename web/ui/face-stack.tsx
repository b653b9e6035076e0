import type { ComponentType } from 'react';
import { classes } from './classes.ts';
import { WovenFace, type Face, type WovenFaceProps } from './woven-face.tsx';

/** What a FaceStack takes. */
export interface FaceStackProps {
  people: readonly Face[];
  /** How many are shown before "+n". */
  max?: number;
  /** Diameter of one face in CSS pixels. */
  size?: number;
  /** The class of the rim between the faces; with an empty one they simply overlap. */
  rim?: string;
  /** Draws one face; a screen's own knows the profile of a key. */
  face?: ComponentType<WovenFaceProps>;
  className?: string;
}

/** Faces that overlap, the first in front. Decoration: who is meant must be said in words beside it. */
export function FaceStack({
  people,
  max = 5,
  size = 40,
  rim = 'bg-surface p-0.5',
  face: One = WovenFace,
  className,
}: FaceStackProps) {
  const shown = people.slice(0, max);
  const more = people.length - shown.length;
  return (
    <span aria-hidden className={classes('flex items-center', className)}>
      {shown.map((person, i) => (
        <span
          key={person.pubkey}
          className={classes('relative rounded-full', rim)}
          style={{ marginInlineStart: i === 0 ? 0 : Math.round(-size / 4), zIndex: shown.length - i }}
        >
          <One {...person} size={size} />
        </span>
      ))}
      {more > 0 && <span className="tabular ms-2 text-sm font-semibold text-muted">+{more}</span>}
    </span>
  );
}
