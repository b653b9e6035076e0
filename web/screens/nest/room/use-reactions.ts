import { useStore } from '@nanostores/react';
import { atom } from 'nanostores';
import { useNest, type ReactionView } from '../screen-ports.ts';
import { useNow } from '../../use-now.ts';

/** How long a reaction stays at a face. */
const FRESH_MS = 8_000;
const $none = atom<readonly ReactionView[]>([]);

/** The last fresh reaction of each public key. */
export function useReactions(): ReadonlyMap<string, string> {
  const { session, reactions } = useNest();
  const address = useStore(session.$address);
  const all = useStore(address ? reactions(address) : $none);
  const now = useNow(2_000);
  return new Map(
    all
      .filter((reaction) => Math.abs(now - reaction.createdAt * 1000) < FRESH_MS)
      .map((reaction) => [reaction.pubkey, reaction.emoji]),
  );
}
