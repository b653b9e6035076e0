import type { KeyValues, Surroundings } from './ports.ts';

/** The real browser. */
export function browserSurroundings(): Surroundings {
  return {
    tab: keyValues(() => sessionStorage),
    browser: keyValues(() => localStorage),
    replacePath: (path) => {
      if (location.pathname + location.hash !== path) history.replaceState(history.state, '', path);
    },
    onOnline: (fn) => {
      addEventListener('online', fn);
      return () => removeEventListener('online', fn);
    },
    log: (line, fields) => {
      if (fields === undefined) console.log(line);
      else console.log(line, fields);
    },
  };
}

/** A browser that refuses its storage (private windows, blocked cookies) costs the person a reload's identity, not the nest. */
function keyValues(storage: () => Storage): KeyValues {
  const instead = new Map<string, string>();
  const attempt = <T>(use: () => T, otherwise: () => T): T => {
    try {
      return use();
    } catch {
      return otherwise();
    }
  };
  return {
    get: (key) =>
      attempt(
        () => storage().getItem(key),
        () => instead.get(key) ?? null,
      ),
    set: (key, value) =>
      attempt(
        () => storage().setItem(key, value),
        () => void instead.set(key, value),
      ),
    remove: (key) =>
      attempt(
        () => storage().removeItem(key),
        () => void instead.delete(key),
      ),
  };
}
