/** What the server tells the web app when it hands it out. */
export interface Settings {
  /** Relays read and written by default. */
  relays: readonly string[];
  /** The server's canonical origin; also where its HTTP authentication is checked. */
  publicUrl: string;
  /** Where the API answers: the origin the page came from. */
  origin: string;
  version: string;
  debug: boolean;
}

/**
 * Read the settings block of the page. Whatever is missing or malformed falls back to what the page itself can know, because a page that
 * cannot start can tell nobody why.
 *
 * @param text the content of `<script type="application/json" id="nests-settings">`, or null where there is none (the development server)
 * @param origin the page's origin
 */
export function readSettings(text: string | null, origin: string): Settings {
  const given = parseObject(text);
  const relays = Array.isArray(given['relays']) ? given['relays'].filter((r) => typeof r === 'string') : [];
  return {
    relays,
    publicUrl: typeof given['publicUrl'] === 'string' ? given['publicUrl'] : origin,
    origin,
    version: typeof given['version'] === 'string' ? given['version'] : 'unknown',
    debug: given['debug'] === true,
  };
}

function parseObject(text: string | null): Record<string, unknown> {
  if (!text?.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

let cached: Settings | undefined;

/** The settings of this page, read once. */
export function settings(): Settings {
  cached ??= readSettings(document.getElementById('nests-settings')?.textContent ?? null, location.origin);
  return cached;
}
