import { expect, test } from 'vitest';
import { keyHandlers } from './use-shortcuts.ts';

/** A button that has the focus; `talks` is the microphone's. */
function button(talks: boolean): EventTarget {
  const matches = (selector: string) => selector.includes('button') || (talks && selector === '[data-talks]');
  return Object.assign(new EventTarget(), { closest: (selector: string) => (matches(selector) ? {} : null) });
}

/** Keys of somebody whose focus is on a button; what a browser would make of a key that nobody took is a click. */
function keyboard(target: EventTarget) {
  const done: string[] = [];
  const say = (what: string) => () => void done.push(what);
  const handlers = keyHandlers(() => ({
    talk: (down) => void done.push(down ? 'talk' : 'hush'),
    microphone: say('microphone'),
    hand: say('hand'),
    chat: say('chat'),
    help: say('help'),
  }));
  const send = (what: 'down' | 'up', key: string, repeat = false) => {
    const taken: string[] = [];
    handlers[what]({
      key,
      repeat,
      target,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      isComposing: false,
      defaultPrevented: false,
      preventDefault: () => void taken.push(key),
    });
    if (taken.length === 0 && key === ' ' && what === 'up') done.push('click');
  };
  return { send, done, ...handlers };
}

test('Space held on the microphone’s button talks until it comes up, and clicks nothing', () => {
  const { send, done } = keyboard(button(true));
  send('down', ' ');
  send('down', ' ', true);
  expect(done).toEqual(['talk']);
  send('up', ' ');
  expect(done).toEqual(['talk', 'hush']);
});

test('Space on any other button presses that', () => {
  const { send, done } = keyboard(button(false));
  send('down', ' ');
  send('up', ' ');
  expect(done).toEqual(['click']);
});

test('whoever leaves the window while talking is not heard on', () => {
  const { send, done, release } = keyboard(button(true));
  send('down', ' ');
  release();
  send('up', ' ');
  expect(done.slice(0, 2)).toEqual(['talk', 'hush']);
});
