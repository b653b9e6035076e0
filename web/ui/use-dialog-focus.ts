import { useRef } from 'react';

/** What a dialog's content is given so that the focus goes in and comes back. */
export interface DialogFocus {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

/**
 * Where the focus goes with a dialog that has no button of its own: back to where it was (to the screen's content when that is gone),
 * and in to "Close" or, with `intoBody`, to the first control of the body.
 */
export function useDialogFocus(intoBody: boolean): DialogFocus {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement;
      const content = event.currentTarget;
      if (intoBody && content instanceof Element && focusFirst(content)) event.preventDefault();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      const opener = before.current?.isConnected ? before.current : document.getElementById('main');
      if (opener instanceof HTMLElement) opener.focus();
    },
  };
}

/** Focuses the first control inside the dialog's body; false when it has none. */
export function focusFirst(dialog: Element): boolean {
  const first = dialog.querySelector<HTMLElement>(
    '[data-dialog-body] :is(input:not([hidden]), textarea, select, button, a[href]):not(:disabled)',
  );
  first?.focus();
  return first !== null;
}
