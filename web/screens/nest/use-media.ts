import { useSyncExternalStore } from 'react';

/** Wide enough for the chat to stand beside the stage. */
export const WIDE = '(min-width: 64rem)';

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
