import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { usePageTitle } from '../shell/page-title.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { CardSkeleton } from './card-skeleton.tsx';
import { LiveCard } from './live-card.tsx';
import { OfflineNotice, RelayNotice } from './notices.tsx';
import { SearchField } from './search-field.tsx';
import { More, useSome } from './more.tsx';
import { UpcomingRow } from './upcoming-row.tsx';
import { useLobby, type Lobby as LobbyState } from './use-lobby.ts';

const Following = lazy(async () => ({ default: (await import('./following.tsx')).Following }));
const Welcome = lazy(async () => ({ default: (await import('./welcome.tsx')).Welcome }));

/** The lobby: what is live, what is coming, and the way to a nest of one's own. */
export function Lobby() {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [wantsFollowing, setFollowing] = useState(false);
  const lobby = useLobby(query, wantsFollowing);
  const upcoming = useSome(lobby.upcoming, 20);
  usePageTitle();
  return (
    <>
      <TopBar
        create={lobby.state === 'welcome' ? 'quiet' : 'main'}
        search={<SearchField value={query} onChange={setQuery} />}
      />
      <main id="main" tabIndex={-1} className="measure pb-16 outline-none">
        <h1 className="sr-only">{t('lobby:heading')}</h1>
        <RelayNotice />
        <OfflineNotice lobby={lobby} />
        {lobby.state === 'welcome' ? (
          <div className="pt-4">
            <Suspense fallback={<Skeleton className="h-96" />}>
              <Welcome />
            </Suspense>
          </div>
        ) : (
          <section aria-labelledby="live-now" className="pt-2 md:pt-4">
            <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 md:mb-4">
              <h2 id="live-now" className="text-xl md:text-2xl">
                {t('lobby:liveNow')}
              </h2>
              {lobby.following !== null && (
                <Suspense>
                  <Following only={lobby.following} onChange={setFollowing} />
                </Suspense>
              )}
            </div>
            <LiveNests
              lobby={lobby}
              query={query}
              clear={() => setQuery('')}
              showAll={() => setFollowing(false)}
            />
          </section>
        )}
        {lobby.upcoming.length > 0 && (
          <section aria-labelledby="upcoming" className="mt-8">
            <h2 id="upcoming" className="mb-2 text-lg">
              {t('lobby:upcoming')}
            </h2>
            <ul role="list" aria-labelledby="upcoming">
              {upcoming.shown.map((nest) => (
                <UpcomingRow key={nest.key} nest={nest} now={lobby.now} />
              ))}
            </ul>
            <More {...upcoming} />
          </section>
        )}
      </main>
    </>
  );
}

interface LiveNestsProps {
  lobby: LobbyState;
  query: string;
  clear: () => void;
  showAll: () => void;
}

function LiveNests({ lobby, query, clear, showAll }: LiveNestsProps) {
  const { t } = useTranslation();
  const live = useSome(lobby.live, 30);
  switch (lobby.state) {
    case 'loading':
      return (
        <ul role="list" aria-busy aria-label={t('lobby:loading')} className={grid}>
          <CardSkeleton large />
          <CardSkeleton />
          <CardSkeleton />
          <CardSkeleton />
        </ul>
      );
    case 'nests':
      return (
        <>
          <ul role="list" aria-labelledby="live-now" className={grid}>
            {live.shown.map((nest, i) => (
              <LiveCard key={nest.key} nest={nest} now={lobby.now} large={i === 0} />
            ))}
          </ul>
          <More {...live} />
        </>
      );
    case 'not-found':
      return (
        <Empty
          title={t('lobby:notFound', { query: query.trim() })}
          action={<Button onClick={clear}>{t('lobby:clearSearch')}</Button>}
        >
          {t('lobby:notFoundText')}
        </Empty>
      );
    case 'nobody-followed':
      return (
        <Empty
          title={t('lobby:nobodyFollowed')}
          action={<Button onClick={showAll}>{t('lobby:showAll')}</Button>}
        >
          {t('lobby:nobodyFollowedText')}
        </Empty>
      );
    case 'unreachable':
      return (
        <Empty
          seed="unreachable"
          title={t('lobby:unreachable')}
          action={<Button onClick={() => void lobby.refresh()}>{t('common:tryAgain')}</Button>}
        >
          {t('lobby:unreachableText')}
        </Empty>
      );
    case 'quiet':
    case 'welcome':
      return (
        <Empty
          seed="quiet"
          title={t('lobby:quiet')}
          action={
            <Link href="/create" className={buttonLook('quiet')}>
              {t('lobby:openOne')}
            </Link>
          }
        >
          {t('lobby:quietText')}
        </Empty>
      );
  }
}

const grid = 'grid gap-3 sm:grid-cols-2 sm:gap-4 lg:grid-cols-3 min-[110rem]:grid-cols-4';
