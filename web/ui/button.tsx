import type { ComponentPropsWithRef, MouseEvent, ReactNode } from 'react';
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
    'transition select-none disabled:not-aria-busy:opacity-55 [&_svg]:size-5 [&_svg]:shrink-0',
    looks[look],
    extra,
  );
}

/** What a Button takes beside everything a `<button>` takes. */
export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  look?: ButtonLook;
  /** Shown before the words; decoration only. */
  icon?: ReactNode;
  /** Something is under way: the button does nothing and tells assistive technology so, but keeps the focus. */
  busy?: boolean;
  /** Less air at the sides. */
  tight?: boolean;
}

/** Neither clicks nor, for the button of a form, sends it. */
const hold = (event: MouseEvent) => event.preventDefault();

/** A button with words. At least 44 px high. */
export function Button({
  look,
  icon,
  busy = false,
  disabled,
  tight = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...(busy
        ? { 'aria-busy': true, 'aria-disabled': true, onClick: hold }
        : { disabled: disabled ?? false, onClick })}
      className={buttonLook(look, className, tight)}
    >
      {icon}
      {children}
    </button>
  );
}
