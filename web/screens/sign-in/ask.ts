import { atom, type ReadableAtom } from 'nanostores';

/** A sign-in dialog that is open, and who waits for its end. */
interface Asking {
  done: (signedIn: boolean) => void;
}

const $open = atom<Asking | null>(null);

/** Whether the sign-in dialog is open; SignInHost shows it. */
export const $asking: ReadableAtom<Asking | null> = $open;

/**
 * Opens the sign-in dialog over whatever is on screen. Ends with true when the person has signed in, with false when
 * they closed the dialog or went on as a guest. Asking while it is open joins the open dialog.
 */
export function askToSignIn(): Promise<boolean> {
  const open = $open.get();
  return new Promise((resolve) => {
    $open.set({
      done: (signedIn) => {
        open?.done(signedIn);
        resolve(signedIn);
      },
    });
  });
}

/** Closes the dialog and tells everybody who waits. */
export function endSignIn(signedIn: boolean): void {
  const open = $open.get();
  $open.set(null);
  open?.done(signedIn);
}
