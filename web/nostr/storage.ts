/** A small text store that may refuse (private windows do); what it refuses is kept for the page's life. */
export interface KeyValues {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** The same for what must outlive the page. */
export interface LastingValues extends KeyValues {
  /** The names of everything that the storage has. */
  names(): string[];
  /** Keeps it for good or not at all: false when the storage did not take it. */
  keep(key: string, value: string): boolean;
}

/** Text that lives as long as the page; with a browser's storage behind it, as long as that keeps it. */
export function keyValues(storage: () => Storage | undefined = () => undefined): LastingValues {
  const kept = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      const behind = storage();
      return behind && use(behind);
    } catch {
      return undefined;
    }
  };
  const stored = (key: string) => attempt((behind) => behind.getItem(key));
  return {
    get: (key) => stored(key) ?? kept.get(key) ?? null,
    set: (key, value) => {
      kept.set(key, value);
      attempt((behind) => behind.setItem(key, value));
    },
    remove: (key) => {
      kept.delete(key);
      attempt((behind) => behind.removeItem(key));
    },
    names: () =>
      attempt((behind) => Array.from({ length: behind.length }, (_, at) => behind.key(at) ?? '')) ?? [],
    keep: (key, value) => {
      attempt((behind) => behind.setItem(key, value));
      return stored(key) === value;
    },
  };
}

/** What this browser keeps. */
export const browserValues = keyValues(() => globalThis.localStorage);
/** What this tab keeps. */
export const tabValues = keyValues(() => globalThis.sessionStorage);
