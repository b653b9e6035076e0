import { Popover as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

/** What a Popover takes. */
export interface PopoverProps {
  /** The accessible name of what opens. */
  label: string;
  /** The button that opens it; must pass its props and ref on to a `<button>`. */
  trigger: ReactNode;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

/** Something small at a button: a person's card, a picker. Escape and a click elsewhere close it. */
export function Popover({ label, trigger, children, open, onOpenChange, side = 'top' }: PopoverProps) {
  return (
    <Primitive.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          side={side}
          sideOffset={8}
          collisionPadding={12}
          className="enter-fade z-50 max-w-[calc(100vw-24px)] rounded-xl border border-line bg-surface p-4 shadow-lift outline-none"
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
