/**
 * HTTP auth (NIP-98): a signed kind 27235 event in the Authorization header says who is asking, for exactly one
 * address, method and body. Made by clients, checked by the API.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { eventId, parseEvent, type NostrEvent, type SignEvent, type VerifyEvent } from './event.ts';
import { isLoopbackHost } from './urls.ts';

export const HTTP_AUTH_KIND = 27_235;
/** How far `created_at` may be from the server's clock, in seconds, either way. */
export const HTTP_AUTH_WINDOW_S = 60;
/** How long a used event id must be remembered, in seconds; longer than any event can stay acceptable. */
export const HTTP_AUTH_REMEMBER_S = 180;

const SCHEME = 'Nostr ';
const MAX_HEADER_LENGTH = 8192;

/** Which check failed; every one is a code of the error catalogue with status 401. `auth_replay` is the caller's. */
export type HttpAuthFailure =
  | 'auth_missing'
  | 'auth_scheme'
  | 'auth_base64'
  | 'auth_json'
  | 'auth_shape'
  | 'auth_id'
  | 'auth_signature'
  | 'auth_kind'
  | 'auth_time'
  | 'auth_url'
  | 'auth_method'
  | 'auth_payload'
  | 'auth_replay';

/** The request as the server received it. `path` includes the query, `now` is unix seconds. */
export interface HttpAuthRequest {
  path: string;
  method: string;
  rawBody: Uint8Array | undefined;
  publicUrls: string[];
  now: number;
}

/** Who signed the request, or the first check that failed. */
export type HttpAuthResult =
  { ok: true; pubkey: string; eventId: string; createdAt: number } | { ok: false; code: HttpAuthFailure };

/**
 * Makes the value of an Authorization header. `now` is unix seconds, `nonce` anything unique: it keeps two equal
 * requests within one second from having the same event id. Rejects when the signer does.
 */
export async function makeHttpAuth(
  request: { url: string; method: string; body?: Uint8Array | string; now: number; nonce: string },
  sign: SignEvent,
): Promise<string> {
  const { url, method, body, now, nonce } = request;
  const tags = [
    ['u', url],
    ['method', method],
    ['nonce', nonce],
  ];
  if (body !== undefined && body.length > 0) tags.push(['payload', sha256Hex(body)]);
  const event = await sign({ kind: HTTP_AUTH_KIND, created_at: now, tags, content: '' });
  return SCHEME + encodeBase64(utf8ToBytes(JSON.stringify(event)));
}

/**
 * Checks an Authorization header against the request, cheap checks first and the signature last. Whether the event id
 * was used before is for the caller to ask its store. Never throws.
 */
export function checkHttpAuth(
  header: string | undefined,
  request: HttpAuthRequest,
  verify: VerifyEvent,
): HttpAuthResult {
  if (header === undefined || header === '') return failed('auth_missing');
  if (!header.startsWith(SCHEME)) return failed('auth_scheme');
  if (header.length > MAX_HEADER_LENGTH) return failed('auth_shape');
  const bytes = decodeBase64(header, SCHEME.length);
  if (bytes === null) return failed('auth_base64');
  const json = parseJson(bytes);
  if (json === undefined) return failed('auth_json');
  const event = parseEvent(json);
  if (event === null) return failed('auth_shape');
  const failure = checkEvent(event, request);
  if (failure !== null) return failed(failure);
  // The verifier hashes the event anyway: which of the two is wrong is only asked when one is.
  if (!verify(event)) return failed(eventId(event) === event.id ? 'auth_signature' : 'auth_id');
  return { ok: true, pubkey: event.pubkey, eventId: event.id, createdAt: event.created_at };
}

function failed(code: HttpAuthFailure): HttpAuthResult {
  return { ok: false, code };
}

function checkEvent(event: NostrEvent, request: HttpAuthRequest): HttpAuthFailure | null {
  if (event.kind !== HTTP_AUTH_KIND) return 'auth_kind';
  if (Math.abs(request.now - event.created_at) > HTTP_AUTH_WINDOW_S) return 'auth_time';
  const address = onlyValue(event, 'u');
  if (typeof address !== 'string' || !isRequestAddress(address, request)) return 'auth_url';
  if (onlyValue(event, 'method') !== request.method) return 'auth_method';
  return isPayloadRight(onlyValue(event, 'payload'), request.rawBody) ? null : 'auth_payload';
}

/** The value of the one tag of that name; undefined when there is none, null when it is doubled or malformed. */
function onlyValue(event: NostrEvent, name: string): string | undefined | null {
  let found: string[] | undefined;
  for (const tag of event.tags) {
    if (tag[0] !== name) continue;
    if (found !== undefined) return null;
    found = tag;
  }
  if (found === undefined) return undefined;
  return found.length === 2 && found[1] !== undefined ? found[1] : null;
}

/** A signed hash without a body is wrong too: somebody may have cut the body off. */
function isPayloadRight(payload: string | undefined | null, body: Uint8Array | undefined): boolean {
  if (payload === null) return false;
  const hasBody = body !== undefined && body.length > 0;
  if (payload === undefined) return !hasBody;
  return payload === sha256Hex(body ?? new Uint8Array());
}

function isRequestAddress(address: string, { path, publicUrls }: HttpAuthRequest): boolean {
  for (const publicUrl of publicUrls) {
    const base = publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl;
    if (address.length === base.length + path.length && address.startsWith(base) && address.endsWith(path)) {
      return true;
    }
    if (isSameAddress(address, base, path)) return true;
  }
  return false;
}

/** Host and scheme in any letter case, a default port written or not, loopback names for each other; path exactly. */
function isSameAddress(address: string, base: string, path: string): boolean {
  const [signedOrigin, signedPath] = splitOrigin(address);
  const [publicOrigin, publicPath] = splitOrigin(base);
  if (signedPath !== publicPath + path) return false;
  const expected = canonicalOrigin(publicOrigin);
  const signed = canonicalOrigin(signedOrigin);
  if (expected === null || signed === null) return false;
  if (expected.scheme !== signed.scheme || expected.port !== signed.port) return false;
  if (isLoopbackHost(expected.host)) return isLoopbackHost(signed.host);
  return expected.host === signed.host;
}

function splitOrigin(url: string): [origin: string, path: string] {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash === -1 ? [url, ''] : [url.slice(0, slash), url.slice(slash)];
}

const DEFAULT_PORTS: Record<string, string> = { http: '80', https: '443' };

/** Split by hand instead of `new URL`, which would quietly repair what was signed. */
function canonicalOrigin(origin: string): { scheme: string; host: string; port: string } | null {
  const [scheme, authority, ...rest] = origin.toLowerCase().split('://');
  if (scheme === undefined || authority === undefined || rest.length > 0) return null;
  const colon = authority.lastIndexOf(':');
  const hasPort = colon > authority.lastIndexOf(']');
  const host = hasPort ? authority.slice(0, colon) : authority;
  const port = hasPort ? authority.slice(colon + 1) : DEFAULT_PORTS[scheme];
  return host === '' || port === undefined ? null : { scheme, host, port };
}

function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const INVALID = 255;
const SEXTETS = new Uint8Array(128).fill(INVALID);
for (let i = 0; i < ALPHABET.length; i++) SEXTETS[ALPHABET.charCodeAt(i)] = i;

function sextet(text: string, index: number): number {
  return SEXTETS[text.charCodeAt(index)] ?? INVALID;
}

/** Strict base64 (RFC 4648 §4: padded, canonical, nothing else) by table: `atob` is lenient, and slow in Node 20. */
function decodeBase64(text: string, start: number): Uint8Array | null {
  const length = text.length - start;
  if (length === 0 || length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = length - padding;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let pending = 0;
  let bits = 0;
  let written = 0;
  for (let i = 0; i < digits; i++) {
    const value = sextet(text, start + i);
    if (value === INVALID) return null;
    pending = ((pending << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written++] = (pending >> bits) & 0xff;
    }
  }
  const leftover = pending & ((1 << bits) - 1);
  return leftover === 0 ? bytes : null;
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
