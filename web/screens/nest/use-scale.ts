import { useSyncExternalStore } from 'react';

const rootFont = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** The size of type, 1 where the root's font is 16 px: people may choose a larger one, and very wide screens have one. */
export function useScale(): number {
  return useSyncExternalStore((changed) => {
    addEventListener('resize', changed);
    return () => removeEventListener('resize', changed);
  }, rootFont);
}
