import { expect, test } from 'vitest';
import { SHORTCUTS, shortcutFor, type KeyPress } from './shortcuts.ts';

/** Something that has the focus; `is` are the selectors' parts that it answers to. */
function focus(...is: string[]): EventTarget {
  const closest = (selector: string) => (is.some((part) => selector.includes(part)) ? {} : null);
  return Object.assign(new EventTarget(), { closest });
}

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  return {
    key,
    repeat: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    defaultPrevented: false,
    target: focus(),
    ...more,
  };
}

const action = (...args: Parameters<typeof press>) => shortcutFor(press(...args))?.action;

test('every key does what the help says', () => {
  expect(action('m')).toBe('microphone');
  expect(action('M')).toBe('microphone');
  expect(action('h')).toBe('hand');
  expect(action('c')).toBe('chat');
  expect(action('?')).toBe('help');
  expect(action(' ')).toBe('talk');
  expect(action('x')).toBeUndefined();
});

test('none fires while typing, in a dialog, with a modifier, or again while held', () => {
  for (const { key } of SHORTCUTS) {
    expect(action(key, { target: focus('textarea') })).toBeUndefined();
    expect(action(key, { target: focus('contenteditable') })).toBeUndefined();
    expect(action(key, { target: focus('role="dialog"') })).toBeUndefined();
    expect(action(key, { ctrlKey: true })).toBeUndefined();
    expect(action(key, { metaKey: true })).toBeUndefined();
    expect(action(key, { altKey: true })).toBeUndefined();
    expect(action(key, { repeat: true })).toBeUndefined();
    expect(action(key, { isComposing: true })).toBeUndefined();
    expect(action(key, { defaultPrevented: true })).toBeUndefined();
  }
});

test('space presses a focused button instead of talking; other keys work there', () => {
  expect(action(' ', { target: focus('button') })).toBeUndefined();
  expect(action('m', { target: focus('button') })).toBe('microphone');
});

test('space talks where the microphone’s own button has the focus, as it has after a click on it', () => {
  expect(action(' ', { target: focus('button', 'data-talks') })).toBe('talk');
});

test('escape is in the help and belongs to the dialogs', () => {
  expect(SHORTCUTS.map((shortcut) => shortcut.action)).toContain('close');
  expect(action('Escape')).toBeUndefined();
});
