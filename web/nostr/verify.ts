import { parseEvent, type NostrEvent } from '@nests/protocol/event';
import { verifyEvent } from 'nostr-tools/pure';

/** True for an event whose id is its hash and whose signature is its author's. About a millisecond each. */
export function isGenuine(event: NostrEvent): boolean {
  const copy = parseEvent(event);
  return copy !== null && verifyEvent(copy);
}
