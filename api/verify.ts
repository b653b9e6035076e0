import { createHash } from 'node:crypto';
import type { NostrEvent, UnsignedEvent, VerifyEvent } from '@nests/protocol/event';
import { verifySchnorr } from 'tiny-secp256k1';

/**
 * The NIP-01 id of an event, made by Node's own SHA-256.
 * @returns 64 hex characters
 */
export function eventHash(event: UnsignedEvent): Buffer {
  const { pubkey, created_at, kind, tags, content } = event;
  return createHash('sha256')
    .update(JSON.stringify([0, pubkey, created_at, kind, tags, content]))
    .digest();
}

/**
 * Whether an event is what its author signed: the id is the event's own, and the BIP-340 signature over it is the author's.
 * libsecp256k1 in WebAssembly does the mathematics (DESIGN.md, "Parts, and why"); it throws on values out of range,
 * which are no signature either.
 */
export const verifyEvent: VerifyEvent = (event: NostrEvent): boolean => {
  const hash = eventHash(event);
  if (!HEX_64.test(event.pubkey) || !HEX_128.test(event.sig) || hash.toString('hex') !== event.id)
    return false;
  try {
    return verifySchnorr(hash, Buffer.from(event.pubkey, 'hex'), Buffer.from(event.sig, 'hex'));
  } catch {
    return false;
  }
};

const HEX_64 = /^[0-9a-f]{64}$/;
const HEX_128 = /^[0-9a-f]{128}$/;
