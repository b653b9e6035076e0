import type { ReadableAtom } from 'nanostores';

import type { Clock } from '../api/clock.ts';
import type { People } from './stage.ts';

/** A host whose connection is being mended, or who reloads the page, has not left. */
const GONE_MS = 8_000;

/** Calls `onLeft` when the host was here and stays away; once per absence. Returns how to stop. */
export function watchHost($people: ReadableAtom<People>, clock: Clock, onLeft: () => void): () => void {
  let wasHere = false;
  let cancel: (() => void) | null = null;
  const stopListening = $people.subscribe(({ stage, audience }) => {
    const isHere = stage.some((person) => person.role === 'host');
    if (isHere) {
      cancel?.();
      cancel = null;
    } else if (wasHere && stage.length + audience.length > 0) {
      cancel ??= clock.after(GONE_MS, () => {
        cancel = null;
        onLeft();
      });
    }
    wasHere = isHere;
  });
  return () => {
    stopListening();
    cancel?.();
  };
}
