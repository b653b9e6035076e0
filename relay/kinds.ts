import { tagValue, type NostrEvent } from '@nests/protocol/event';

/** How long a relay keeps an event of a kind (NIP-01, "Kinds"). */
export type Keeping = 'regular' | 'replaceable' | 'addressable' | 'ephemeral';

/** Deletion request (NIP-09). */
export const DELETION_KIND = 5;
/** Client authentication (NIP-42); never stored. */
export const AUTH_KIND = 22242;

/** What NIP-01 says of the kind. */
export function keepingOf(kind: number): Keeping {
  if (kind === 0 || kind === 3 || (kind >= 10_000 && kind < 20_000)) return 'replaceable';
  if (kind >= 20_000 && kind < 30_000) return 'ephemeral';
  if (kind >= 30_000 && kind < 40_000) return 'addressable';
  return 'regular';
}

/**
 * The address under which only the newest event is kept, as an `a` tag writes it: `kind:pubkey:d`, with an empty
 * `d` for replaceable kinds. Null for kinds of which every event is kept.
 */
export function addressOf(event: NostrEvent): string | null {
  const keeping = keepingOf(event.kind);
  if (keeping === 'replaceable') return `${event.kind}:${event.pubkey}:`;
  if (keeping === 'addressable') return `${event.kind}:${event.pubkey}:${tagValue(event, 'd') ?? ''}`;
  return null;
}

/** When the event expires, in unix seconds (NIP-40); null when it does not, or when the tag is not a whole number. */
export function expirationOf(event: NostrEvent): number | null {
  const value = tagValue(event, 'expiration');
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** True for an event that only its author may bring here (NIP-70). */
export function isProtected(event: NostrEvent): boolean {
  return event.tags.some((tag) => tag[0] === '-');
}
