/** Presence in a nest (kind 10312, NIP-53): a mirror for other clients; our own server never reads it. */
import { formatAddress, parseAddress, type NestAddress } from './address.ts';
import { tagValue, type EventTemplate, type NostrEvent } from './event.ts';

export const PRESENCE_KIND = 10_312;
/** Presence older than this is no presence. */
export const PRESENCE_STALE_S = 5 * 60;
/** How often to say that one is still there, plus or minus some jitter. */
export const PRESENCE_EVERY_S = 120;

/** What a person is doing in the nest. */
export interface PresenceState {
  hand: boolean;
  publishing: boolean;
  muted: boolean;
  onstage: boolean;
}

/** Somebody's presence as they announced it. */
export interface Presence extends PresenceState {
  pubkey: string;
  address: NestAddress;
  createdAt: number;
}

/** The event that says where one is. `now` unix seconds; a person is in one nest at a time, the kind is replaceable. */
export function makePresence(address: NestAddress, state: PresenceState, now: number): EventTemplate {
  const flag = (name: keyof PresenceState): string[] => [name, state[name] ? '1' : '0'];
  return {
    kind: PRESENCE_KIND,
    created_at: now,
    tags: [
      ['a', formatAddress(address), address.relays?.[0] ?? '', 'root'],
      flag('hand'),
      flag('publishing'),
      flag('muted'),
      flag('onstage'),
    ],
    content: '',
  };
}

/** The last presence on leaving: nothing is up any more, and it expires (NIP-40) instead of going stale in minutes. */
export function makeLeaving(address: NestAddress, now: number): EventTemplate {
  const nothing = { hand: false, publishing: false, muted: false, onstage: false };
  const template = makePresence(address, nothing, now);
  return { ...template, tags: [...template.tags, ['expiration', String(now + 5)]] };
}

/** Reads a presence that holds at `now` (unix seconds); null when it is none, stale or expired. A flag is up only at "1". */
export function readPresence(event: NostrEvent, now: number): Presence | null {
  if (event.kind !== PRESENCE_KIND || now - event.created_at > PRESENCE_STALE_S) return null;
  if (Number(tagValue(event, 'expiration') ?? Infinity) <= now) return null;
  const a = event.tags.find((tag) => tag[0] === 'a');
  const address = parseAddress(a?.[1] ?? '', a?.[2]);
  if (address === null) return null;
  const isUp = (name: keyof PresenceState): boolean => tagValue(event, name) === '1';
  return {
    pubkey: event.pubkey,
    address,
    hand: isUp('hand'),
    publishing: isUp('publishing'),
    muted: isUp('muted'),
    onstage: isUp('onstage'),
    createdAt: event.created_at,
  };
}
