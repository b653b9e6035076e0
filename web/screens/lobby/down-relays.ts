import { atom, onMount, type ReadableAtom } from 'nanostores';
import type { RelayState } from '../../nostr/index.ts';

/** A relay as people read it, and as two spellings of it are equal. */
export function bareRelay(relay: string): string {
  return relay.replace(/^wss?:\/\/|\/$/g, '');
}

/**
 * Which of these relays are down, by their bare names. One that failed counts as down until it is open: between two
 * tries it is "connecting", and a notice that comes and goes with every try would only disturb.
 */
export function downRelays(
  $states: ReadableAtom<Readonly<Record<string, RelayState>>>,
  relays: readonly string[],
): ReadableAtom<readonly string[]> {
  const ours = relays.map(bareRelay);
  const $down = atom<readonly string[]>([]);
  onMount($down, () =>
    $states.subscribe((states) => {
      const stateOf = new Map(Object.entries(states).map(([relay, state]) => [bareRelay(relay), state]));
      const before = $down.get();
      const down = ours.filter((relay) => {
        const state = stateOf.get(relay);
        return state === 'failed' || (state === 'connecting' && before.includes(relay));
      });
      if (down.join() !== before.join()) $down.set(down);
    }),
  );
  return $down;
}
