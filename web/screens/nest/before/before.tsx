import { useStore } from '@nanostores/react';
import { ChevronLeft, Users } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NestInfo } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import type { NestFailure, Phase } from '../../../nest/session-types.ts';
import { Badge } from '../../../ui/badge.tsx';
import { classes } from '../../../ui/classes.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Mark } from '../../../ui/mark.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { tintOf, tintStyle } from '../../../ui/tint.ts';
import { WovenFace } from '../../../ui/woven-face.tsx';
import { useNest } from '../screen-ports.ts';
import { useFace } from '../use-name.ts';
import { useNestTitle } from '../use-nest-title.ts';
import { Entry } from './entry.tsx';
import { FacesHero } from './hero.tsx';
import { Countdown, ErrorPanel, PlannedEntry } from './later.ts';
import { PeopleLine } from './people-line.tsx';

/** Host, co-hosts and speakers, as far as the API or the event names them. */
function stageOf(info: NestInfo | null, event: NestEvent | null | undefined): string[] {
  if (info && 'host' in info) return [...new Set([info.host, ...info.admins, ...info.speakers])];
  return event?.people.map((person) => person.pubkey) ?? [];
}

/** The failure to show, for phases that are a failure even without one. */
function failureFor(phase: Phase, failure: NestFailure | null): NestFailure | null {
  const code = phase === 'ended' ? 'ended' : phase === 'removed' ? 'removed' : null;
  if (failure || code === null) return failure;
  return {
    code,
    category: code === 'ended' ? 'ended' : 'permission',
    titleKey: `errors:failure.${code}.title`,
    sentenceKey: `errors:failure.${code}.sentence`,
    action: 'none',
    advice: false,
    signInHelps: false,
    details: {},
  };
}

/** The nest before joining, and when one cannot be in. */
export function Before() {
  const { t } = useTranslation('nest');
  const { session, goHome } = useNest();
  const phase = useStore(session.$phase);
  const info = useStore(session.$info);
  const event = useStore(session.$nestEvent);
  const roomId = useStore(session.$roomId);
  const retry = useStore(session.$retry);
  const [retried, setRetried] = useState<NestFailure | null>(null);
  const failure = failureFor(phase, useStore(session.$error)) ?? retried;
  const retrying = retried !== null || phase === 'starting' || phase === 'joining';
  const planned = info?.status === 'planned';
  const starts = (info && 'starts' in info ? info.starts : undefined) ?? event?.starts ?? null;
  const people = stageOf(info, event);
  const onRetry =
    retry &&
    (() => {
      setRetried(failure);
      void retry().finally(() => setRetried(null));
    });
  return (
    <div
      className={classes('flex min-h-dvh flex-col', event !== undefined && 'tinted')}
      style={tintStyle(tintOf(event?.color, roomId))}
    >
      <header className="flex items-center gap-1 p-2 sm:p-4">
        <IconButton label={t('back')} icon={<ChevronLeft className="rtl:-scale-x-100" />} onClick={goHome} />
        <Mark size={28} />
        {failure && !planned && phase !== 'starting' && (
          <Badge role="status" tone="danger" dot className="ms-auto pe-3">
            {t('connection.disconnected')}
          </Badge>
        )}
      </header>
      {failure && !planned ? (
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto grid w-full max-w-xl flex-1 content-start gap-8 px-5 outline-none lg:max-w-5xl lg:grid-cols-[2fr_3fr] lg:gap-14 lg:pt-[16dvh] lg:pb-8"
        >
          <div className="lg:sticky lg:top-0 lg:self-start lg:pt-8">
            <FacesHero pubkeys={[]} faded />
            <About failed />
          </div>
          <Suspense>
            <ErrorPanel failure={failure} retrying={retrying} onRetry={onRetry} />
          </Suspense>
        </main>
      ) : (
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto flex w-full max-w-xl flex-1 flex-col px-5 pt-2 outline-none sm:justify-center sm:pb-16"
        >
          {planned && starts !== null ? (
            <Suspense fallback={<FacesHero pubkeys={[]} />}>
              <Countdown starts={starts} />
            </Suspense>
          ) : (
            <FacesHero pubkeys={people} />
          )}
          <About failed={false} />
          {planned ? (
            <Suspense>
              <PlannedEntry starts={starts} />
            </Suspense>
          ) : (
            <>
              <PeopleInside pubkeys={people} />
              <Entry />
            </>
          )}
        </main>
      )}
    </div>
  );
}

/** Title, host and summary. */
function About({ failed }: { failed: boolean }) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const event = useStore(session.$nestEvent);
  const info = useStore(session.$info);
  const host = useStore(session.$address)?.host ?? null;
  const title = useNestTitle();
  if (event === undefined && info === null) {
    return (
      <div role="status" className="mt-5 flex flex-col items-center gap-3">
        <h1 className="sr-only">{t('loading')}</h1>
        <Skeleton className="h-9 w-72 max-w-full" />
        <Skeleton className="h-6 w-40" />
        <Skeleton className="h-5 w-64 max-w-full" />
      </div>
    );
  }
  return (
    <div className="mt-5 flex flex-col items-center gap-3 text-center">
      <h1 dir="auto" className={failed ? 'text-xl' : 'text-2xl sm:text-3xl'}>
        {title}
      </h1>
      {host !== null && <HostLine host={host} />}
      {!failed && event?.summary && (
        <p dir="auto" className="line-clamp-5 max-w-prose text-base whitespace-pre-line">
          {event.summary}
        </p>
      )}
      {!failed && event && event.hashtags.length > 0 && (
        <p className="flex flex-wrap justify-center gap-x-3 text-sm text-straw-text">
          {event.hashtags.slice(0, 6).map((tag) => (
            <span key={tag}>#{tag}</span>
          ))}
        </p>
      )}
    </div>
  );
}

function HostLine({ host }: { host: string }) {
  const { t } = useTranslation('nest');
  const face = useFace(host, host);
  return (
    <p className="flex items-center gap-2 text-sm">
      <WovenFace {...face} size={28} />
      <span dir="auto">{t('before.hostedBy', { name: face.name })}</span>
    </p>
  );
}

/** Whether it is live, how many are inside, and who speaks. */
function PeopleInside({ pubkeys }: { pubkeys: readonly string[] }) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const info = useStore(session.$info);
  const event = useStore(session.$nestEvent);
  const count = useStore(session.$count);
  const isPrivate = info?.access === 'invite' || event?.status === 'private';
  const recorded = info && 'recording' in info && info.recording;
  return (
    <div className="mt-5 flex flex-col items-center gap-2 text-center">
      <p className="flex flex-wrap items-center justify-center gap-x-4 gap-y-1">
        {info?.status === 'active' && (
          <Badge tone="speaking" dot>
            {t('before.live')}
          </Badge>
        )}
        {isPrivate && <Badge tone="straw">{t('before.private')}</Badge>}
        {count !== null && (
          <span className="tabular flex items-center gap-1.5 text-sm text-muted">
            <Users aria-hidden className="size-4" />
            {count === 0 ? t('before.nobodyInside') : t('before.inside', { count })}
          </span>
        )}
      </p>
      <PeopleLine pubkeys={pubkeys} />
      {recorded && <p className="text-sm font-semibold">{t('before.recording')}</p>}
    </div>
  );
}
