import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** What a Menu takes. */
export interface MenuProps {
  /** The button that opens it; must pass its props and ref on to a `<button>`. */
  trigger: ReactNode;
  align?: 'start' | 'center' | 'end';
  children: ReactNode;
  /** Open from the start (a menu whose code was loaded by the click that asked for it). */
  defaultOpen?: boolean;
}

/** A menu of actions at a button: arrow keys, first letters, Escape. */
export function Menu({ trigger, align = 'end', children, defaultOpen = false }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className="enter-fade z-50 min-w-56 rounded-lg border border-line bg-surface p-1.5 shadow-lift outline-none"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** What a MenuItem takes. */
export interface MenuItemProps {
  icon?: ReactNode;
  /** Half a line on what it does. */
  hint?: string;
  tone?: 'plain' | 'danger';
  disabled?: boolean;
  onSelect?: () => void;
  /** Renders its only child (a link) as the item. */
  asChild?: boolean;
  children: ReactNode;
}

/** One action of a Menu. */
export function MenuItem({
  icon,
  hint,
  tone = 'plain',
  disabled,
  onSelect,
  asChild,
  children,
}: MenuItemProps) {
  return (
    <DropdownMenu.Item
      disabled={disabled ?? false}
      asChild={asChild ?? false}
      {...(onSelect ? { onSelect } : {})}
      className={classes(
        'flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-3 py-2 text-sm font-medium outline-none',
        'data-disabled:opacity-55 data-highlighted:bg-raised [&_svg]:size-5 [&_svg]:shrink-0',
        tone === 'danger' && 'text-danger',
      )}
    >
      {asChild ? (
        children
      ) : (
        <>
          {icon}
          <span className="min-w-0">
            {children}
            {hint !== undefined && <span className="block text-xs font-normal text-muted">{hint}</span>}
          </span>
        </>
      )}
    </DropdownMenu.Item>
  );
}

/** A quiet heading inside a Menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-3 pt-2 pb-1 text-xs font-semibold text-muted">
      {children}
    </DropdownMenu.Label>
  );
}

/** A hairline between groups of a Menu. */
export function MenuSeparator() {
  return <DropdownMenu.Separator className="mx-3 my-1.5 h-px bg-line" />;
}
