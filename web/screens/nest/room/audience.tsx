import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { audienceShown } from '../parts/people.ts';
import { useScale } from '../use-scale.ts';
import { Heading } from './heading.tsx';
import { useOpenLayer } from './layers.ts';
import { PersonFace, usePersonLabel } from './person-face.tsx';

/** The audience: the first fifty faces and how many more there are. */
export function Audience({ reactions }: { reactions: ReadonlyMap<string, string> }) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const people = useStore(session.$audience);
  const role = useStore(session.$role);
  const { shown, more } = audienceShown(people, role === 'host' || role === 'admin');
  return (
    <section aria-label={t('audience')} className="audience">
      <Heading text={t('audience')} count={people.length} />
      {people.length === 0 && <p className="pt-3 text-sm text-muted">{t('audienceEmpty')}</p>}
      <ul
        aria-label={t('audience')}
        className="mt-3 grid grid-cols-[repeat(auto-fill,minmax(4.75rem,1fr))] gap-x-1 gap-y-3"
      >
        {shown.map((person) => (
          <AudiencePlace
            key={person.key}
            person={person}
            reaction={person.pubkey === null ? undefined : reactions.get(person.pubkey)}
          />
        ))}
        {more > 0 && (
          <li aria-label={t('moreLabel', { count: more })} className="flex flex-col items-center pt-1">
            <span className="tabular grid h-11 min-w-11 place-items-center rounded-full bg-raised px-2 text-sm font-semibold">
              {t('more', { count: more })}
            </span>
          </li>
        )}
      </ul>
    </section>
  );
}

function AudiencePlace({ person, reaction }: { person: Person; reaction: string | undefined }) {
  const { t } = useTranslation('nest');
  const openLayer = useOpenLayer();
  const scale = useScale();
  const { name, label } = usePersonLabel(person, false);
  return (
    <li aria-label={label}>
      <button
        type="button"
        aria-label={label}
        aria-haspopup="dialog"
        className="flex w-full flex-col items-center gap-1 rounded-md px-0.5 pt-1"
        onClick={() => openLayer({ kind: 'person', key: person.key })}
      >
        <PersonFace person={person} size={44 * scale} onStage={false} reaction={reaction} />
        <span dir="auto" className="block max-w-full truncate text-xs text-muted">
          {/* Among guests, all of whom have the same name, nobody else could find themselves. */}
          {person.isMe && person.pubkey === null ? t('you') : name}
        </span>
      </button>
    </li>
  );
}
