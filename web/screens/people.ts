import { useStore } from '@nanostores/react';
import { atom, type ReadableAtom } from 'nanostores';
import type { Face } from '../ui/woven-face.tsx';
import type { Profile } from '../nostr/index.ts';
import { $me, $nostr } from './services.ts';

/** A person as the screens show them. */
export interface PersonView extends Face {
  pubkey: string;
  /** What to call them: their own name, else the short npub; undefined until either can be known. */
  label: string | undefined;
  profile: Profile | undefined;
}

const $unknown: ReadableAtom<Profile | undefined> = atom(undefined);

/** Follows a person's profile: name and picture arrive when a relay has them. Without a key there is nobody. */
export function usePerson(pubkey: string): PersonView;
export function usePerson(pubkey: string | null): PersonView | null;
export function usePerson(pubkey: string | null): PersonView | null {
  const nostr = useStore($nostr);
  const profile = useStore((pubkey !== null && nostr?.gateway.profile(pubkey)) || $unknown);
  const me = useStore($me);
  if (pubkey === null) return null;
  // One's own new key has a name here before any relay has it.
  const name = profile?.name ?? (me?.pubkey === pubkey ? me.name : undefined);
  return {
    pubkey,
    name,
    picture: profile?.picture,
    label: name ?? (nostr ? shortNpub(nostr.encodeNpub(pubkey)) : undefined),
    profile,
  };
}

/** `npub1q2w…7x`: enough to tell two people apart, short enough for a label. */
export function shortNpub(npub: string): string {
  return `${npub.slice(0, 8)}…${npub.slice(-3)}`;
}
