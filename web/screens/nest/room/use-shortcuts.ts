import { useEffect, useRef } from 'react';
import { shortcutFor, type KeyPress, type ShortcutAction } from '../parts/shortcuts.ts';

/** What each key does now; `talk` is told when the key goes down and when it comes up. */
export interface ShortcutHandlers extends Record<Exclude<ShortcutAction, 'talk' | 'close'>, () => void> {
  talk: (down: boolean) => void;
}

type KeyEvent = KeyPress & Pick<Event, 'preventDefault'>;

/** What to do when a key goes down, when it comes up, and when no key is heard any more. */
export function keyHandlers(handlers: () => ShortcutHandlers): {
  down: (event: KeyEvent) => void;
  up: (event: KeyEvent) => void;
  release: () => void;
} {
  let held: string | null = null;
  const release = () => {
    if (held === null) return;
    held = null;
    handlers().talk(false);
  };
  return {
    release,
    down(event) {
      if (held !== null && event.key === held) event.preventDefault();
      const action = shortcutFor(event)?.action;
      if (action === undefined || action === 'close') return;
      event.preventDefault();
      if (action === 'talk') {
        held = event.key;
        handlers().talk(true);
      } else {
        handlers()[action]();
      }
    },
    up(event) {
      if (event.key !== held) return;
      // Else the button that has the focus would take it for a click.
      event.preventDefault();
      release();
    },
  };
}

/** Listens to the keys of the nest while it is on screen. A held key ends when it comes up or the window loses the focus. */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => {
    const { down, up, release } = keyHandlers(() => current.current);
    addEventListener('keydown', down);
    addEventListener('keyup', up);
    addEventListener('blur', release);
    return () => {
      release();
      removeEventListener('keydown', down);
      removeEventListener('keyup', up);
      removeEventListener('blur', release);
    };
  }, []);
}
