import { classes } from './classes.ts';

interface SkeletonProps {
  className?: string;
  inline?: boolean;
  round?: boolean;
}

/**
 * A quiet block in the place and size of something still on its way. It does not move. `inline` stands for words in a
 * line of text and leaves the line's height as it is; `round` for a face.
 */
export function Skeleton({ className, inline = false, round = false }: SkeletonProps) {
  const shape = inline ? 'inline-block h-[0.8em] align-middle' : 'block';
  return (
    <span
      aria-hidden
      className={classes('bg-raised', round ? 'rounded-full' : 'rounded-md', shape, className)}
    />
  );
}
