/** The field of the chat, which may not be there yet when somebody wants to write. */
export interface ChatField {
  /** For the `ref` of the field. */
  attach: (element: HTMLTextAreaElement | null) => void;
  /** Puts the focus into the field, now or as soon as it is there. */
  focus: () => void;
}

/** Makes the handle of one chat's field. */
export function makeChatField(): ChatField {
  let field: HTMLTextAreaElement | null = null;
  let wanted = false;
  return {
    attach: (element) => {
      field = element;
      if (!element || !wanted) return;
      wanted = false;
      element.focus();
    },
    focus: () => {
      if (field) field.focus();
      else wanted = true;
    },
  };
}
