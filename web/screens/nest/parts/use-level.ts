import type { ReadableAtom } from 'nanostores';
import { useEffect, type RefObject } from 'react';

/**
 * Writes a level (0–1) into the custom property `--level` of an element, past React: the ring follows the voice many times a second.
 */
export function useLevel(ref: RefObject<HTMLElement | null>, $level: ReadableAtom<number> | null): void {
  useEffect(() => {
    if (!$level) return;
    return $level.subscribe((level) => ref.current?.style.setProperty('--level', level.toFixed(2)));
  }, [ref, $level]);
}
