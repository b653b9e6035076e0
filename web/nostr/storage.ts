/** A small text store that may refuse (private windows do); what it refuses is kept for the page's life. */
export interface KeyValues {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** Text that lives as long as the page; with a browser's storage behind it, as long as that keeps it. */
export function keyValues(storage: () => Storage | undefined = () => undefined): KeyValues {
  const kept = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      const behind = storage();
      return behind && use(behind);
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => attempt((behind) => behind.getItem(key)) ?? kept.get(key) ?? null,
    set: (key, value) => {
      kept.set(key, value);
      attempt((behind) => behind.setItem(key, value));
    },
    remove: (key) => {
      kept.delete(key);
      attempt((behind) => behind.removeItem(key));
    },
  };
}
