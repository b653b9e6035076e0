import { useStore } from '@nanostores/react';
import { atom } from 'nanostores';
import { useTranslation } from 'react-i18next';
import type { Face } from '../../ui/woven-face.tsx';
import { useNest, type ProfileView } from './screen-ports.ts';
import { personName } from './parts/names.ts';

const $none = atom<ProfileView | undefined>(undefined);

/** The profile of a public key; undefined for guests and while looking. */
export function useProfile(pubkey: string | null): ProfileView | undefined {
  const { profile } = useNest();
  return useStore(pubkey === null ? $none : profile(pubkey));
}

/** What to call somebody; a guest is called "Guest". */
export function useName(pubkey: string | null): string {
  const { t } = useTranslation('nest');
  const profile = useProfile(pubkey);
  return pubkey === null ? t('guest') : personName(pubkey, profile?.name);
}

/** Name and face of somebody. `key` is what a guest's face is woven from. */
export function useFace(pubkey: string | null, key: string): Face & { name: string } {
  const profile = useProfile(pubkey);
  const name = useName(pubkey);
  return { pubkey: pubkey ?? key, name, ...(profile?.picture ? { picture: profile.picture } : {}) };
}
