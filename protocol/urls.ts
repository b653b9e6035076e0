/** Which addresses found in events, links and settings may be used at all: https and wss, plain only on loopback. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAX_URL_LENGTH = 2048;

/** True for the three names that always mean this machine (as `URL.hostname` spells them). */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK.has(hostname);
}

/** Parses an absolute URL without credentials; null for anything else, never an exception. */
export function parseUrl(text: string): URL | null {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.hostname !== '' ? url : null;
}

/** A web address that may be shown or opened: `https:`, or `http:` on loopback. Returns it normalised, else null. */
export function safeWebUrl(text: string): string | null {
  const url = parseUrl(text);
  if (url === null) return null;
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    return url.href;
  return null;
}

/**
 * A relay address that may be connected to: `wss:`, or `ws:` on loopback (anywhere with `allowInsecure`).
 * Returns it normalised (lower-case host, no default port, no lone trailing slash), else null.
 */
export function safeRelayUrl(text: string, allowInsecure = false): string | null {
  const url = parseUrl(text);
  if (url === null || url.hash !== '') return null;
  const plain = url.protocol === 'ws:' && (allowInsecure || isLoopbackHost(url.hostname));
  if (url.protocol !== 'wss:' && !plain) return null;
  return url.pathname === '/' && url.search === '' ? `${url.protocol}//${url.host}` : url.href;
}
