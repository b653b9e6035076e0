import { useStore } from '@nanostores/react';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person, RaisedHand } from '../../../nest/session-types.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { WovenFace } from '../../../ui/woven-face.tsx';
import { useNest } from '../screen-ports.ts';
import { awayWithHand, byPubkey } from '../parts/people.ts';
import { durationText } from '../parts/time-text.ts';
import { useFace } from '../use-name.ts';
import { useNow } from '../../use-now.ts';
import { Heading } from './heading.tsx';
import { useLocale } from '../use-locale.ts';

/** How many hands are shown before "show more". */
const SHOWN = 4;

/** The queue of raised hands for those who may answer them; nothing when there is none. */
export function Hands({ className }: { className?: string }) {
  const { t } = useTranslation('later');
  const { session } = useNest();
  const hands = useStore(session.$hands);
  const role = useStore(session.$role);
  const people = byPubkey(useStore(session.$audience), useStore(session.$stage));
  const [all, setAll] = useState(false);
  const now = useNow(10_000);
  if (hands.length === 0 || (role !== 'host' && role !== 'admin')) return null;
  const shown = all ? hands : hands.slice(0, SHOWN);
  return (
    <section aria-label={t('hands')} className={className}>
      <Heading text={t('hands')} count={hands.length} />
      <ul aria-label={t('hands')} className="mt-1">
        {shown.map((hand) => (
          <HandRow key={hand.pubkey} hand={hand} person={people.get(hand.pubkey)} now={now} />
        ))}
      </ul>
      {shown.length < hands.length && (
        <Button look="plain" className="-ms-3" onClick={() => setAll(true)}>
          {t('handsPanel.all', { count: hands.length - shown.length })}
        </Button>
      )}
    </section>
  );
}

function HandRow({ hand, person, now }: { hand: RaisedHand; person: Person | undefined; now: number }) {
  const { t } = useTranslation('later');
  const locale = useLocale();
  const { session } = useNest();
  const face = useFace(hand.pubkey, hand.pubkey);
  const { name } = face;
  const actions = session.moderation(person ?? awayWithHand(hand));
  return (
    <li aria-label={name} className="flex min-h-14 items-center gap-2.5">
      <WovenFace {...face} size={36} />
      <span className="min-w-0 flex-1">
        <span dir="auto" className="block truncate text-sm leading-5 font-semibold">
          {name}
        </span>
        <span className="tabular block text-xs leading-4 text-muted">
          {t('handsPanel.waited', { time: durationText(now - hand.since, locale) })}
        </span>
      </span>
      <IconButton
        label={t('handsPanel.notNowLabel', { name })}
        icon={<X />}
        disabled={!actions.lowerHand}
        onClick={() => void actions.lowerHand?.()}
      />
      <Button
        aria-label={t('handsPanel.acceptLabel', { name })}
        disabled={!actions.invite}
        onClick={() => void actions.invite?.()}
      >
        {t('handsPanel.accept')}
      </Button>
    </li>
  );
}
