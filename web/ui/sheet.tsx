import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './icon-button.tsx';
import { useDialogFocus } from './use-dialog-focus.ts';

/** What a Sheet takes. */
export interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Fills the sheet's body, which scrolls unless `fixed`. */
  children?: ReactNode;
  /** The body lays itself out and scrolls where it wants (a chat with its field at the bottom). */
  fixed?: boolean;
}

/** A sheet from below on phones, at the far side on wide screens. Holds the focus and closes with Escape. */
export function Sheet({ open, onOpenChange, title, children, fixed = false }: SheetProps) {
  const { t } = useTranslation();
  const focus = useDialogFocus('close', title);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="enter-fade fixed inset-0 z-40 bg-veil" />
        <Primitive.Content
          {...focus}
          aria-describedby={undefined}
          className="max-sm:enter-rise sm:enter-side fixed inset-x-0 bottom-0 z-40 flex h-auto max-h-[88dvh] flex-col rounded-t-2xl bg-surface shadow-lift outline-none data-[fixed=true]:max-sm:h-[88dvh] sm:inset-y-0 sm:start-auto sm:end-0 sm:h-dvh sm:max-h-none sm:w-96 sm:rounded-none"
          data-fixed={fixed}
        >
          <div className="flex min-h-14 items-center gap-2 ps-6 pe-2">
            <Primitive.Title className="min-w-0 flex-1 text-lg">{title}</Primitive.Title>
            <Primitive.Close asChild>
              <IconButton label={t('common:close')} icon={<X />} />
            </Primitive.Close>
          </div>
          <div
            className={
              fixed
                ? 'flex min-h-0 flex-1 flex-col'
                : 'min-h-0 flex-1 overflow-y-auto px-6 pb-[max(24px,env(safe-area-inset-bottom))]'
            }
          >
            {children}
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
