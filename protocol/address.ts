/** How a nest and a person are named: `a` tag values, naddr and npub (NIP-19), and the web app's paths. */
import { decode, naddrEncode, npubEncode } from 'nostr-tools/nip19';
import { isHex64 } from './event.ts';
import { safeRelayUrl } from './urls.ts';

export const NEST_KIND = 30_312;
/** Live activities (streams); older clients announced audio rooms as these. */
export const LIVE_ACTIVITY_KIND = 30_311;

/** The name of a nest on Nostr. `kind` is there only for the old rooms that are live activities. */
export interface NestAddress {
  host: string;
  d: string;
  relays?: string[];
  kind?: typeof LIVE_ACTIVITY_KIND;
}

/** `30312:<host hex>:<d>`, what `a` tags carry (always hex, never bech32). */
export function formatAddress(address: NestAddress): string {
  return `${address.kind ?? NEST_KIND}:${address.host}:${address.d}`;
}

/** Reads the value of an `a` tag; null when it does not name a nest. `relay` is the tag's hint, used when it is safe. */
export function parseAddress(value: string, relay?: string): NestAddress | null {
  const [kind, host, ...rest] = value.split(':');
  if (!isHex64(host) || rest.length === 0) return null;
  return makeAddress(Number(kind), host, rest.join(':'), relay === undefined ? [] : [relay]);
}

function makeAddress(kind: number, host: string, d: string, relays: string[]): NestAddress | null {
  if (kind !== NEST_KIND && kind !== LIVE_ACTIVITY_KIND) return null;
  const safe = [...new Set(relays.map((url) => safeRelayUrl(url)).filter((url) => url !== null))];
  return {
    host,
    d,
    ...(safe.length > 0 ? { relays: safe } : {}),
    ...(kind === LIVE_ACTIVITY_KIND ? { kind } : {}),
  };
}

/** True when both name the same nest, whatever relays they mention. */
export function isSameNest(a: NestAddress, b: NestAddress): boolean {
  return formatAddress(a) === formatAddress(b);
}

/** The naddr of a nest (NIP-19). `d` longer than 255 bytes cannot be written and throws. */
export function encodeNaddr(address: NestAddress): string {
  const { host, d, relays = [], kind = NEST_KIND } = address;
  return naddrEncode({ kind, pubkey: host, identifier: d, relays });
}

/** Reads an naddr, with or without `nostr:`; null when it is none or does not name a nest. */
export function decodeNaddr(text: string): NestAddress | null {
  const decoded = tryDecode(text);
  if (decoded?.type !== 'naddr') return null;
  const { kind, pubkey, identifier, relays } = decoded.data;
  return makeAddress(kind, pubkey, identifier, relays ?? []);
}

/** The npub of a public key (hex). */
export function encodeNpub(pubkey: string): string {
  return npubEncode(pubkey);
}

/** The public key (hex) named by an npub or nprofile, with or without `nostr:`; null for anything else. */
export function decodeNpub(text: string): string | null {
  const decoded = tryDecode(text);
  if (decoded?.type === 'npub') return decoded.data;
  return decoded?.type === 'nprofile' ? decoded.data.pubkey : null;
}

/** The event id (hex) named by a note or nevent, with or without `nostr:`; null for anything else. */
export function decodeNote(text: string): string | null {
  const decoded = tryDecode(text);
  if (decoded?.type === 'note') return decoded.data;
  return decoded?.type === 'nevent' ? decoded.data.id : null;
}

function tryDecode(text: string): ReturnType<typeof decode> | null {
  try {
    return decode(text.startsWith('nostr:') ? text.slice(6) : text);
  } catch {
    return null;
  }
}

/** The web app's path of a nest, with its host's key (hex) in the fragment where it is known. */
export function nestPath(roomId: string, host?: string): string {
  return `/nest/${encodeURIComponent(roomId)}${host === undefined ? '' : `#${host}`}`;
}

/** The host's key (hex) out of a location's fragment as {@link nestPath} writes it, else undefined. */
export function hostOfFragment(fragment: string): string | undefined {
  const host = fragment.startsWith('#') ? fragment.slice(1) : fragment;
  return isHex64(host) ? host : undefined;
}
