import type { ComponentPropsWithRef, ReactNode } from 'react';
import { classes } from './classes.ts';

/** What a badge means: one meaning per colour. */
export type BadgeTone = 'speaking' | 'muted' | 'straw' | 'danger';

const words: Record<BadgeTone, string> = {
  speaking: 'text-speaking-text',
  muted: 'text-muted',
  straw: 'text-straw-text',
  danger: 'text-danger',
};
const dots: Record<BadgeTone, string> = {
  speaking: 'bg-speaking',
  muted: 'bg-muted',
  straw: 'bg-straw',
  danger: 'bg-danger',
};

/** What a Badge takes beside everything a `<span>` takes (a connection badge adds `role="status"`). */
export interface BadgeProps extends ComponentPropsWithRef<'span'> {
  tone?: BadgeTone;
  /** A dot before the words. */
  dot?: boolean;
  children: ReactNode;
}

/** A few words about a state, with its dot. */
export function Badge({ tone = 'muted', dot = false, className, children, ...rest }: BadgeProps) {
  return (
    <span
      {...rest}
      className={classes('inline-flex items-center gap-2 text-xs font-semibold', words[tone], className)}
    >
      {dot && <span aria-hidden className={classes('size-2 shrink-0 rounded-full', dots[tone])} />}
      {children}
    </span>
  );
}
