import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../../../ui/announcer.tsx';
import type { Person } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { arrivals, newHands } from '../parts/people.ts';
import { personName } from '../parts/names.ts';
import { whenNamed } from '../parts/when-named.ts';

/** Arrivals within this time are said in one sentence. */
const GATHER_MS = 1_500;
/** More names than this become a number. */
const NAMED = 3;

/** Says who came and who raised a hand, politely and once; many at once become one sentence. */
export function useAnnouncements(onHand: (person: Person) => void): void {
  const { t } = useTranslation('nest');
  const { session, profile } = useNest();
  useEffect(() => {
    const everybody = () => [...session.$stage.get(), ...session.$audience.get()];
    const waiting = new Set<() => void>();
    const sayOf = ({ pubkey }: Person, what: 'joined' | 'hand') => {
      if (pubkey === null) announce(t(`announce.${what}`, { name: t('guest') }));
      else
        waiting.add(
          whenNamed(profile(pubkey), (name) =>
            announce(t(`announce.${what}`, { name: personName(pubkey, name) })),
          ),
        );
    };
    let before = everybody();
    let arrived: Person[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      timer = undefined;
      if (arrived.length > NAMED) announce(t('announce.joinedMany', { count: arrived.length }));
      else for (const person of arrived) sayOf(person, 'joined');
      arrived = [];
    };
    const look = () => {
      const now = everybody();
      arrived.push(...arrivals(before, now));
      if (arrived.length > 0) timer ??= setTimeout(say, GATHER_MS);
      for (const person of newHands(before, now)) {
        sayOf(person, 'hand');
        onHand(person);
      }
      before = now;
    };
    const stop = [session.$stage.listen(look), session.$audience.listen(look)];
    return () => {
      for (const end of [...stop, ...waiting]) end();
      clearTimeout(timer);
    };
  }, [session, profile, t, onHand]);
}
