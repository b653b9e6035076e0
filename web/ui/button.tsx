import type { ComponentPropsWithRef, ReactNode } from 'react';
import { classes } from './classes.ts';

/** How a button looks: `main` is the one main action of a screen; `danger` takes something away. */
export type ButtonLook = 'main' | 'quiet' | 'plain' | 'danger';

const looks: Record<ButtonLook, string> = {
  main: 'bg-straw text-on-straw hover:brightness-105 active:brightness-95',
  quiet: 'bg-raised text-text hover:bg-line active:brightness-95',
  plain: 'text-text hover:bg-raised active:brightness-95',
  danger: 'text-danger hover:bg-raised active:brightness-95',
};

/** The class names of a button, for links that look like one. `tight` for rows that must fit on a phone. */
export function buttonLook(look: ButtonLook = 'quiet', extra?: string, tight = false): string {
  return classes(
    'inline-flex min-h-11 shrink-0 items-center justify-center gap-2 rounded-full text-sm font-semibold',
    tight ? 'px-4' : 'px-5',
    'transition select-none disabled:opacity-55 [&_svg]:size-5 [&_svg]:shrink-0',
    looks[look],
    extra,
  );
}

/** What a Button takes beside everything a `<button>` takes. */
export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  look?: ButtonLook;
  /** Shown before the words; decoration only. */
  icon?: ReactNode;
  /** Something is under way: the button is disabled and tells assistive technology so. */
  busy?: boolean;
  /** Less air at the sides. */
  tight?: boolean;
}

/** A button with words. At least 44 px high. */
export function Button({
  look,
  icon,
  busy = false,
  disabled,
  tight = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      disabled={busy || disabled}
      className={buttonLook(look, className, tight)}
    >
      {icon}
      {children}
    </button>
  );
}
