import { classes } from './classes.ts';

/**
 * A quiet block in the place and size of something still on its way. It does not move. `inline` stands for words in a
 * line of text and leaves the line's height as it is.
 */
export function Skeleton({ className, inline = false }: { className?: string; inline?: boolean }) {
  const shape = inline ? 'inline-block h-[0.8em] align-middle' : 'block';
  return <span aria-hidden className={classes('rounded-sm bg-raised', shape, className)} />;
}
