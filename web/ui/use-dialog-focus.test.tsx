import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useDialogFocus, type DialogFocus, type FocusInto } from './use-dialog-focus.ts';

/** As much of an element as the focus needs. */
class FakeElement extends EventTarget {
  isConnected = true;
  readonly tag: string;

  constructor(tag: string) {
    super();
    this.tag = tag;
  }

  focus(): void {
    page.activeElement = this;
  }

  matches(selector: string): boolean {
    return selector.split(', ').includes(this.tag);
  }

  querySelector(): FakeElement {
    return notNow;
  }
}

const body = new FakeElement('body');
const main = new FakeElement('main');
const chat = new FakeElement('textarea');
const face = new FakeElement('button');
const notNow = new FakeElement('button');
const dialog = new FakeElement('div');
const page = { activeElement: body, body, getElementById: () => main };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  vi.stubGlobal('HTMLElement', FakeElement);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A dialog opens while this has the focus. */
function opens(into: FocusInto, from: FakeElement) {
  const got: DialogFocus[] = [];
  function Dialog() {
    got.push(useDialogFocus(into, 'Mira invites you to speak'));
    return null;
  }
  renderToStaticMarkup(<Dialog />);
  const tell = (handler: ((event: Event) => void) | undefined) => {
    if (!handler) throw new Error('no dialog');
    dialog.addEventListener('focus', handler, { once: true });
    dialog.dispatchEvent(new Event('focus', { cancelable: true }));
  };
  from.isConnected = true;
  from.focus();
  tell(got[0]?.onOpenAutoFocus);
  return { closes: () => tell(got[0]?.onCloseAutoFocus) };
}

it('goes to the first control of a dialog that was asked for, and back', () => {
  const { closes } = opens('body', face);
  expect(page.activeElement).toBe(notNow);
  closes();
  expect(page.activeElement).toBe(face);
});

it('goes to the content when what opened the dialog is gone', () => {
  const { closes } = opens('body', face);
  face.isConnected = false;
  closes();
  expect(page.activeElement).toBe(main);
});

it('goes to no button of a dialog that comes by itself', () => {
  opens('unasked', face);
  expect(page.activeElement).toBe(dialog);
});

it('stays with somebody who writes when a dialog comes by itself, and when it goes', () => {
  const { closes } = opens('unasked', chat);
  expect(page.activeElement).toBe(chat);
  face.focus();
  closes();
  expect(page.activeElement).toBe(face);
});
