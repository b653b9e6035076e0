import { classes } from './classes.ts';
import { WovenFace, type Face } from './woven-face.tsx';

/** What a FaceStack takes. */
export interface FaceStackProps {
  people: readonly Face[];
  /** How many are shown before "+n". */
  max?: number;
  /** Diameter of one face in CSS pixels. */
  size?: number;
  /** The class of the colour between the faces: the ground they stand on. */
  gap?: string;
  className?: string;
}

/** Faces that overlap, the first in front. Decoration: who is meant must be said in words beside it. */
export function FaceStack({ people, max = 5, size = 40, gap = 'bg-surface', className }: FaceStackProps) {
  const shown = people.slice(0, max);
  const more = people.length - shown.length;
  return (
    <span aria-hidden className={classes('flex items-center', className)}>
      {shown.map((person, i) => (
        <span
          key={person.pubkey}
          className={classes('relative rounded-full p-0.5', gap)}
          style={{ marginInlineStart: i === 0 ? 0 : -size / 4, zIndex: shown.length - i }}
        >
          <WovenFace {...person} size={size} />
        </span>
      ))}
      {more > 0 && <span className="tabular ms-2 text-sm font-semibold text-muted">+{more}</span>}
    </span>
  );
}
