import { eventId, type NostrEvent } from '@nests/protocol/event';
import { isXOnlyPoint, verifySchnorr } from 'tiny-secp256k1';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** True when the event's id is the hash of its content and its signature is by its author (NIP-01, BIP-340). */
export function verifyEvent(event: NostrEvent): boolean {
  if (eventId(event) !== event.id) return false;
  const author = bytes(event.pubkey);
  // The library throws on a key that is no point of the curve; an attacker may send one.
  return isXOnlyPoint(author) && verifySchnorr(bytes(event.id), author, bytes(event.sig));
}
