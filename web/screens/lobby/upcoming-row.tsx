import { useStore } from '@nanostores/react';
import { CalendarPlus, ExternalLink } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { dayAndTime } from '../../i18n/time.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { usePerson } from '../people.ts';
import { $nostr } from '../services.ts';
import { NestLink } from './nest-link.tsx';
import { hrefOf, type UpcomingNest } from './view.ts';

/** A planned nest: when (here), what, who, and into one's calendar. */
export const UpcomingRow = memo(function UpcomingRow({ nest, now }: { nest: UpcomingNest; now: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const host = usePerson(nest.host);
  const title =
    nest.title ?? (host.label === undefined ? t('lobby:untitled') : t('lobby:nestOf', { name: host.label }));
  const nostr = useStore($nostr);

  async function addToCalendar() {
    const { downloadCalendar } = await import('../calendar.ts');
    const url = new URL(
      hrefOf(nest, (address) => nostr?.encodeNaddr(address) ?? ''),
      location.origin,
    ).href;
    downloadCalendar({ id: nest.key, title, description: nest.summary, url, starts: nest.starts });
  }

  return (
    <li className="relative flex items-center gap-3 border-t border-line py-2 has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-straw-text">
      <div className="flex min-h-14 min-w-0 flex-1 flex-col justify-center md:flex-row md:items-center md:justify-start md:gap-6">
        <time
          dateTime={new Date(nest.starts).toISOString()}
          className="tabular text-sm font-semibold text-straw-text md:w-40 md:shrink-0"
        >
          {nest.starts < now ? t('lobby:anyMoment') : dayAndTime(nest.starts, now, language)}
        </time>
        <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-4">
          <h3 className="text-base">
            <NestLink place={nest}>{title}</NestLink>
          </h3>
          <p className="text-sm text-muted">{host.label ?? <Skeleton inline className="w-20" />}</p>
          {nest.opens === 'elsewhere' && (
            <p className="flex items-center gap-1.5 text-sm text-muted">
              <ExternalLink aria-hidden className="size-4" />
              {t('lobby:openElsewhere')}
            </p>
          )}
        </div>
      </div>
      <IconButton
        className="relative"
        label={t('lobby:addToCalendar', { title })}
        icon={<CalendarPlus />}
        onClick={() => void addToCalendar()}
      />
    </li>
  );
});
