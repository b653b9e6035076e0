import type { ComponentPropsWithRef, ReactNode } from 'react';
import { classes } from './classes.ts';

/** What an IconButton takes beside everything a `<button>` takes. */
export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  /** The accessible name, also shown as the browser's tooltip. */
  label: string;
  icon: ReactNode;
  /** `filled` stands on a raised ground, `plain` on nothing, `main` is the screen's main action. */
  look?: 'plain' | 'filled' | 'main' | 'danger';
  /** 44 or 48 px; always round, never squeezed. */
  size?: 44 | 48 | 56;
}

const looks = {
  plain: 'hover:bg-raised',
  filled: 'bg-raised hover:bg-line',
  main: 'bg-straw text-on-straw hover:brightness-105',
  danger: 'text-danger hover:bg-raised',
};
const sizes = { 44: 'size-11', 48: 'size-12', 56: 'size-14' };

/** A round button with an icon and a name for those who cannot see it. */
export function IconButton({ label, icon, look = 'plain', size = 44, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'inline-flex shrink-0 items-center justify-center rounded-full transition active:brightness-95',
        'disabled:opacity-55 [&_svg]:size-5',
        sizes[size],
        looks[look],
        className,
      )}
    >
      {icon}
    </button>
  );
}
