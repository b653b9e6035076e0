import { ExternalLink, Users } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { duration } from '../../i18n/time.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Badge } from '../../ui/badge.tsx';
import { classes } from '../../ui/classes.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { tintOf, tintStyle } from '../../ui/tint.ts';
import { usePerson } from '../people.ts';
import { Bowl, cardShape, Cover, largeShape } from './card-parts.tsx';
import { NestLink } from './nest-link.tsx';
import type { LiveNest } from './view.ts';

interface LiveCardProps {
  nest: LiveNest;
  /** ms */
  now: number;
  large?: boolean;
}

/** A nest one can go to now. The whole card is its link; the name of the list item is the nest's title. */
export const LiveCard = memo(function LiveCard({ nest, now, large = false }: LiveCardProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const host = usePerson(nest.host);
  const since =
    nest.since === null
      ? t('lobby:live')
      : t('lobby:liveFor', { duration: duration(now - nest.since, language) });
  return (
    <li
      className={classes(cardShape, large && largeShape, 'transition hover:brightness-[1.03]')}
      style={tintStyle(tintOf(nest.color, nest.key))}
    >
      <div className="flex min-h-5 items-center justify-between gap-3">
        <Badge tone="speaking" dot>
          {since}
        </Badge>
        <Heads nest={nest} />
      </div>
      <div className="flex items-start gap-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1.5">
          <h3 className={classes('line-clamp-2', large ? 'text-xl sm:text-2xl' : 'text-lg')}>
            <NestLink place={nest}>
              <Title nest={nest} hostLabel={host.label} />
            </NestLink>
          </h3>
          <p className="flex min-h-5 items-center gap-2 text-sm text-muted">
            {host.label === undefined ? (
              <Skeleton inline className="w-24" />
            ) : (
              <span className="truncate">{t('lobby:with', { name: host.label })}</span>
            )}
          </p>
        </div>
        {nest.image !== undefined && <Cover src={nest.image} large={large} />}
      </div>
      {nest.hashtags.length > 0 && (
        <p className="truncate text-xs text-muted">{nest.hashtags.slice(0, 4).map((tag) => `#${tag} `)}</p>
      )}
      <Bowl seed={nest.key} people={nest.people} large={large} />
    </li>
  );
});

function Title({ nest, hostLabel }: { nest: LiveNest; hostLabel: string | undefined }) {
  const { t } = useTranslation();
  if (nest.title) return nest.title;
  if (nest.title === null && hostLabel !== undefined) return t('lobby:nestOf', { name: hostLabel });
  if (nest.title === null) return t('lobby:untitled');
  return (
    <>
      <span className="sr-only">{t('lobby:titleComing')}</span>
      <Skeleton inline className="w-48 max-w-full" />
    </>
  );
}

function Heads({ nest }: { nest: LiveNest }) {
  const { t } = useTranslation();
  if (nest.opens === 'elsewhere') {
    return (
      <span className="flex shrink-0 items-center gap-1.5 text-xs font-semibold text-muted">
        <ExternalLink aria-hidden className="size-4.5" />
        {t('lobby:openElsewhere')}
      </span>
    );
  }
  if (nest.heads === null) return null;
  return (
    <span className="flex shrink-0 items-center gap-1.5 text-sm whitespace-nowrap text-muted">
      <Users aria-hidden className="size-4.5" />
      <span aria-hidden className="tabular">
        {nest.heads}
      </span>
      <span className="sr-only">{t('lobby:heads', { count: nest.heads })}</span>
    </span>
  );
}
