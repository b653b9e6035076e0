import { useRef } from 'react';
import { announce } from './announcer.tsx';

/** Somebody types here. */
const TYPING = 'input, textarea, select';

/** What a dialog's content is given so that the focus goes in and comes back. */
export interface DialogFocus {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

/** Where the focus goes when a dialog opens: to "Close", to the first control of its body, or to the dialog itself when nobody asked for it. */
export type FocusInto = 'close' | 'body' | 'unasked';

/**
 * Where the focus goes with a dialog that has no button of its own: in as `into` says, and back to where it was (to the screen's content
 * when that is gone). A dialog that nobody asked for takes the focus from no text field, where its title is only said, and gives it back
 * only when it has it.
 */
export function useDialogFocus(into: FocusInto, title: string): DialogFocus {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement;
      const content = event.currentTarget;
      if (!(content instanceof HTMLElement)) return;
      if (into === 'unasked') {
        event.preventDefault();
        if (before.current?.matches(TYPING)) announce(title);
        else content.focus();
      } else if (into === 'body' && focusFirst(content)) event.preventDefault();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      if (into === 'unasked' && document.activeElement !== document.body) return;
      const { current } = before;
      const isThere = current?.isConnected && current !== document.body;
      const opener = isThere ? current : document.getElementById('main');
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
