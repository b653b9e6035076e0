import { atom, onMount, type ReadableAtom } from 'nanostores';

/** An atom that is kept up to date while somebody listens to it: `start` begins, what it returns ends. */
export function live<T>(initial: T, start: (set: (value: T) => void) => () => void): ReadableAtom<T> {
  const $value = atom(initial);
  onMount($value, () => start((value) => $value.set(value)));
  return $value;
}

/** Gives the same thing for the same key, made at the first asking. */
export function memo<T>(): (key: string, make: () => T) => T {
  const made = new Map<string, T>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make();
    made.set(key, fresh);
    return fresh;
  };
}

/** Calls `fn` after the first call and at most once in `ms`, the last call never lost. `stop` forgets a waiting one. */
export function atMostEvery(ms: number, fn: () => void): { call: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    call: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        fn();
      }, ms);
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
