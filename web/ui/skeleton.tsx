import { classes } from './classes.ts';

/** A quiet block in the place and size of something still on its way. It does not move. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classes('block rounded-sm bg-raised', className)} />;
}
