import { decrypt, encrypt } from 'nostr-tools/nip49';
import { bytesToHex, hexToBytes } from 'nostr-tools/utils';
import type { KeyTask } from './key-work.ts';

/** 2^16 rounds, what NIP-49 names for everyday keys: about a second and 64 MB. */
const ROUNDS_LOG2 = 16;
/** The key was never known to be in the open (NIP-49 "key security byte"): it was made here, or we cannot tell. */
const SECURITY_UNKNOWN = 2;

/** Encrypts or decrypts a key. Null when it cannot be done: wrong password, or no `ncryptsec`. */
export function doKeyTask(task: KeyTask): string | null {
  try {
    if (task.task === 'decrypt') return bytesToHex(decrypt(task.ncryptsec, task.password));
    return encrypt(hexToBytes(task.secret), task.password, ROUNDS_LOG2, SECURITY_UNKNOWN);
  } catch {
    return null;
  }
}
