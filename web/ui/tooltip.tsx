import { Tooltip as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

/** What a Tooltip takes. */
export interface TooltipProps {
  /** A few words; never the only place where something is said. */
  text: string;
  /** The control it explains; must pass its props and ref on. */
  children: ReactNode;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

/** A hint on hover and on keyboard focus. */
export function Tooltip({ text, children, side = 'top' }: TooltipProps) {
  return (
    <Primitive.Provider delayDuration={400}>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-64 rounded-sm bg-text px-2.5 py-1 text-xs font-medium text-ground"
          >
            {text}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  );
}
