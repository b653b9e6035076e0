import { atom, onMount, type ReadableAtom } from 'nanostores';

import type { Clock } from '../api/clock.ts';
import type { Gear } from './audio-controls.ts';

/** Twelve times a second follows a voice well enough for the eye. */
const LOOK_MS = 80;

/** How loud people are, each measured only while somebody watches. `gear` is null until the media code is there. */
export function createLevels(
  clock: Clock,
  gear: () => Gear | null,
  me: () => string | null,
): (key: string) => ReadableAtom<number> {
  const known = new Map<string, ReadableAtom<number>>();
  const levelOf = (key: string): number => {
    const { player, microphone } = gear() ?? {};
    return key === me() ? (microphone?.$level.get() ?? 0) : (player?.level(key) ?? 0);
  };
  return (key) => {
    const existing = known.get(key);
    if (existing) return existing;
    const $level = atom(0);
    onMount($level, () => {
      let cancel: () => void = () => undefined;
      const look = () => {
        $level.set(levelOf(key));
        cancel = clock.after(LOOK_MS, look);
      };
      look();
      return () => cancel();
    });
    known.set(key, $level);
    return $level;
  };
}
