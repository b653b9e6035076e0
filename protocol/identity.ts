/** LiveKit identities: who a participant is, readable from the name alone. */
import { isHex64 } from './event.ts';

const GUEST_PREFIX = 'guest-';

/** `<64 hex pubkey>:<random>`; the random part lets one person be in a nest from two devices. */
export function personIdentity(pubkey: string, random: string): string {
  return `${pubkey}:${random}`;
}

/** `guest-<random>`. */
export function guestIdentity(random: string): string {
  return GUEST_PREFIX + random;
}

/** The public key an identity belongs to: its first 64 characters when they are hex, else null. */
export function identityPubkey(identity: string): string | null {
  const start = identity.slice(0, 64);
  return isHex64(start) ? start : null;
}

/** True for identities made by {@link guestIdentity}. */
export function isGuestIdentity(identity: string): boolean {
  return identity.startsWith(GUEST_PREFIX);
}
