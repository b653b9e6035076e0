import { atom, type ReadableAtom } from 'nanostores';

const KEY = 'nests.backup-missing';

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const $pubkey = atom<string | null>(read());

/** The key made here of which no copy has been saved yet; null = none. */
export const $backupMissing: ReadableAtom<string | null> = $pubkey;

function write(pubkey: string | null): void {
  $pubkey.set(pubkey);
  try {
    if (pubkey === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, pubkey);
  } catch {
    // Reminded for this visit only.
  }
}

/** From now on the person is reminded to save this key. */
export function remindOfBackup(pubkey: string): void {
  write(pubkey);
}

/** A copy was saved, or the key is gone: no more reminders. */
export function backupDone(): void {
  write(null);
}
