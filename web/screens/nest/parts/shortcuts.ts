/** What a key does in the nest. */
export type ShortcutAction = 'talk' | 'microphone' | 'hand' | 'chat' | 'help' | 'close';

/** One shortcut: drawn in the help dialog and fired by the same entry. */
export interface Shortcut {
  action: ShortcutAction;
  /** `KeyboardEvent.key`, lower case. */
  key: string;
  /** How the key is written in the help dialog; words go through the catalogue. */
  cap: { text: string } | { label: 'space' | 'escape' };
  /** Held down, not pressed. */
  hold?: true;
  /** The dialogs themselves close on this key; listed for the help dialog only. */
  native?: true;
}

/** Every shortcut there is. */
export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'talk', key: ' ', cap: { label: 'space' }, hold: true },
  { action: 'microphone', key: 'm', cap: { text: 'M' } },
  { action: 'hand', key: 'h', cap: { text: 'H' } },
  { action: 'chat', key: 'c', cap: { text: 'C' } },
  { action: 'help', key: '?', cap: { text: '?' } },
  { action: 'close', key: 'escape', cap: { label: 'escape' }, native: true },
];

/** What of a key press decides. */
export interface KeyPress {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  defaultPrevented: boolean;
  target: EventTarget | null;
}

/** Whether the target of a key, or something around it, matches a selector. */
function isWithin(target: EventTarget | null, selector: string): boolean {
  return target !== null && 'closest' in target && (target as Element).closest(selector) !== null;
}

/** Somebody types here: no shortcut fires. */
const TYPING = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
/** Space presses what has the focus; it talks only where nothing would be pressed. */
const PRESSED_BY_SPACE = 'button, a[href], summary, [role="button"], [role="menuitem"], [role="slider"]';
/** The microphone's own button has the focus after a click on it, and there of all places Space must talk: Enter and M still press it. */
const TALKS = '[data-talks]';
/** A dialog or menu is open: its own keys count, ours rest. */
const LAYER = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** The shortcut that a key press means, or null: never while typing, in a dialog, with a modifier or on auto-repeat. */
export function shortcutFor(press: KeyPress): Shortcut | null {
  if (press.repeat || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.isComposing || press.defaultPrevented) return null;
  if (isWithin(press.target, TYPING) || isWithin(press.target, LAYER)) return null;
  const key = press.key.toLowerCase();
  const shortcut = SHORTCUTS.find((candidate) => candidate.key === key && !candidate.native);
  if (!shortcut) return null;
  const pressed = isWithin(press.target, PRESSED_BY_SPACE) && !isWithin(press.target, TALKS);
  return shortcut.hold && pressed ? null : shortcut;
}
