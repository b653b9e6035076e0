import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './icon-button.tsx';
import { useDialogFocus } from './use-dialog-focus.ts';

/** What a Dialog takes. */
export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One line below the title; read out with it. */
  description?: string;
  children?: ReactNode;
  /** The buttons at the end, the main one last. */
  footer?: ReactNode;
  /**
   * It comes by itself, so that a key or click which was meant for something else must not answer it: what lies below stays in use, and
   * only its own buttons, and Escape inside it, close it.
   */
  unasked?: boolean;
}

/** Nothing outside answers it. */
const ANSWERED_INSIDE = {
  'data-unasked': true,
  onInteractOutside: (event: Event) => event.preventDefault(),
  onEscapeKeyDown: (event: Event) => {
    const inside = event.target instanceof Element && event.target.closest('[data-unasked]') !== null;
    if (!inside) event.preventDefault();
  },
};

/**
 * A dialog in the middle of wide screens and at the thumb on phones. Holds the focus, closes with Escape and
 * gives the focus back.
 */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  unasked = false,
}: DialogProps) {
  const { t } = useTranslation();
  const focus = useDialogFocus(unasked ? 'unasked' : 'body', title);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange} modal={!unasked}>
      <Primitive.Portal>
        <Primitive.Overlay className="enter-fade fixed inset-0 z-40 bg-veil" />
        <Primitive.Content
          {...focus}
          {...(unasked ? ANSWERED_INSIDE : {})}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className="enter-rise fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] flex-col rounded-t-2xl bg-surface shadow-lift outline-none sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-[min(30rem,calc(100vw-32px))] sm:-translate-1/2 sm:rounded-2xl"
        >
          <div className="flex items-start gap-2 ps-6 pe-3 pt-3">
            <div className="min-w-0 flex-1 pt-2">
              <Primitive.Title className="text-xl">{title}</Primitive.Title>
              {description !== undefined && (
                <Primitive.Description className="mt-1 text-sm text-muted">
                  {description}
                </Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <IconButton label={t('common:close')} icon={<X />} />
            </Primitive.Close>
          </div>
          <div
            data-dialog-body
            className="min-h-0 flex-1 overflow-y-auto px-6 pt-3 pb-[max(24px,env(safe-area-inset-bottom))]"
          >
            {children}
            {footer !== undefined && (
              <div className="mt-6 flex flex-wrap justify-end gap-3 max-sm:[&>*]:grow">{footer}</div>
            )}
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
