import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../../../ui/announcer.tsx';
import type { RaisedHand } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { arrivals, newHands } from '../parts/people.ts';
import { personName } from '../parts/names.ts';
import { whenNamed } from '../parts/when-named.ts';

/** Arrivals within this time are said in one sentence. */
const GATHER_MS = 1_500;
/** More names than this become a number. */
const NAMED = 3;

/** Says who came and who raised a hand, politely and once; many at once become one sentence. */
export function useAnnouncements(onHand: (hand: RaisedHand) => void): void {
  const { t } = useTranslation('nest');
  const { session, profile, $me } = useNest();
  useEffect(() => {
    const everybody = () => [...session.$stage.get(), ...session.$audience.get()];
    const waiting = new Set<() => void>();
    const sayOf = (pubkey: string | null, what: 'joined' | 'hand') => {
      if (pubkey === null) announce(t(`announce.${what}`, { name: t('guest') }));
      else
        waiting.add(
          whenNamed(profile(pubkey), (name) =>
            announce(t(`announce.${what}`, { name: personName(pubkey, name) })),
          ),
        );
    };
    let before = everybody();
    let hands = session.$hands.get();
    let arrived: (string | null)[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      timer = undefined;
      if (arrived.length > NAMED) announce(t('announce.joinedMany', { count: arrived.length }));
      else for (const pubkey of arrived) sayOf(pubkey, 'joined');
      arrived = [];
    };
    const look = () => {
      const now = everybody();
      arrived.push(...arrivals(before, now).map(({ pubkey }) => pubkey));
      if (arrived.length > 0) timer ??= setTimeout(say, GATHER_MS);
      before = now;
    };
    // As the record has them: LiveKit may tell of somebody who has just come only after their hand went up.
    const lookAtHands = () => {
      const now = session.$hands.get();
      for (const hand of newHands(hands, now, $me.get())) {
        sayOf(hand.pubkey, 'hand');
        onHand(hand);
      }
      hands = now;
    };
    const stop = [
      session.$stage.listen(look),
      session.$audience.listen(look),
      session.$hands.listen(lookAtHands),
    ];
    return () => {
      for (const end of [...stop, ...waiting]) end();
      clearTimeout(timer);
    };
  }, [session, profile, $me, t, onHand]);
}
