import { atom, type ReadableAtom } from 'nanostores';
import { browserValues } from '../../nostr/storage.ts';

const KEY = 'nests.backup-missing';

const $pubkey = atom(browserValues.get(KEY));

/** The key made here of which no copy has been saved yet; null = none. */
export const $backupMissing: ReadableAtom<string | null> = $pubkey;

function write(pubkey: string | null): void {
  $pubkey.set(pubkey);
  if (pubkey === null) browserValues.remove(KEY);
  else browserValues.set(KEY, pubkey);
}

/** From now on the person is reminded to save this key. */
export function remindOfBackup(pubkey: string): void {
  write(pubkey);
}

/** A copy was saved, or the key is gone: no more reminders. */
export function backupDone(): void {
  write(null);
}
