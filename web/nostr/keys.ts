/** Secret keys: made, read, encrypted and used. Loaded when somebody needs one. Secrets are hex here. */
import type { EventTemplate, NostrEvent } from '@nests/protocol/event';
import { decode, nsecEncode } from 'nostr-tools/nip19';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { bytesToHex, hexToBytes } from 'nostr-tools/utils';
import { askKeyWorker } from './key-work.ts';

/** What {@link Accounts} needs done with secret keys. */
export interface Keys {
  makeSecret(): string;
  publicKey(secret: string): string;
  /** Reads an `nsec` or 64 hex digits; null when it is neither. */
  readSecret(text: string): string | null;
  /** The `nsec`. */
  writeSecret(secret: string): string;
  sign(template: EventTemplate, secret: string): NostrEvent;
  /** The `ncryptsec` (NIP-49). Takes about a second, off the main thread. */
  encrypt(secret: string, password: string): Promise<string>;
  /** Null when the password is wrong, or the text is no `ncryptsec`. */
  decrypt(ncryptsec: string, password: string): Promise<string | null>;
}

export const keys: Keys = {
  makeSecret: () => bytesToHex(generateSecretKey()),
  publicKey: (secret) => getPublicKey(hexToBytes(secret)),
  readSecret,
  writeSecret: (secret) => nsecEncode(hexToBytes(secret)),
  sign(template, secret) {
    const { id, pubkey, created_at, kind, tags, content, sig } = finalizeEvent(
      { ...template },
      hexToBytes(secret),
    );
    return { id, pubkey, created_at, kind, tags, content, sig };
  },
  async encrypt(secret, password) {
    const ncryptsec = await askKeyWorker({ task: 'encrypt', secret, password });
    if (ncryptsec === null) throw new Error('The key could not be encrypted');
    return ncryptsec;
  },
  decrypt: (ncryptsec, password) => askKeyWorker({ task: 'decrypt', ncryptsec, password }),
};

function readSecret(text: string): string | null {
  try {
    const hex = /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : null;
    const decoded = hex === null ? decode(text) : null;
    const secret = decoded?.type === 'nsec' ? bytesToHex(decoded.data) : hex;
    // Throws for the few numbers that are no secret keys.
    if (secret !== null) getPublicKey(hexToBytes(secret));
    return secret;
  } catch {
    return null;
  }
}
