/** A name that a domain gives to a key (NIP-05): `mira@example.org`, or a bare domain for its `_`. */
export interface DomainName {
  name: string;
  domain: string;
}

const NAME = /^[a-z0-9-_.]{1,64}$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+[a-z]{2,63}(?::\d{1,5})?$/;
const HEX_KEY = /^[0-9a-f]{64}$/;
const TIMEOUT_MS = 8_000;

/** Reads `name@domain`; null when it is none. */
export function readDomainName(text: string): DomainName | null {
  const typed = text.trim().toLowerCase();
  const at = typed.indexOf('@');
  const name = at === -1 ? '_' : typed.slice(0, at);
  const domain = typed.slice(at + 1);
  return NAME.test(name) && DOMAIN.test(domain) ? { name, domain } : null;
}

/**
 * Asks the domain whose key the name is. Null when it gives the name to nobody; rejects when it does not answer.
 * @param get - `fetch`; the answer of a domain is never followed elsewhere (NIP-05 forbids redirects)
 */
export async function keyOfDomainName(
  { name, domain }: DomainName,
  get: typeof fetch = fetch,
): Promise<string | null> {
  const url = `https://${domain}/.well-known/nostr.json?name=${encodeURIComponent(name)}`;
  const response = await get(url, {
    redirect: 'error',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${domain} answered with ${response.status}`);
  const reply: unknown = await response.json();
  if (typeof reply !== 'object' || reply === null || !('names' in reply)) return null;
  const names: unknown = reply.names;
  if (typeof names !== 'object' || names === null) return null;
  const key: unknown = new Map<string, unknown>(Object.entries(names)).get(name);
  return typeof key === 'string' && HEX_KEY.test(key) ? key : null;
}
