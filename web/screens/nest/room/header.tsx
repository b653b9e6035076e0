import { useStore } from '@nanostores/react';
import { ChevronLeft, Ellipsis, RotateCw, Share, Users } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge, type BadgeTone } from '../../../ui/badge.tsx';
import { classes } from '../../../ui/classes.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { buttonLook } from '../../../ui/button.tsx';
import { tintOf, tintStyle } from '../../../ui/tint.ts';
import { toast } from '../../../ui/toast.tsx';
import type { Connection } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { useNestTitle } from '../use-nest-title.ts';
import { useRestartNest } from '../use-restart-nest.ts';
import { loadLayers, MoreMenu } from './later.ts';
import { useOpenLayer } from './layers.ts';

const tones: Record<Connection, BadgeTone> = {
  connected: 'speaking',
  reconnecting: 'straw',
  disconnected: 'danger',
};

/** The head of the nest: whose and what it is, whether one is connected, how many are inside, share, restart, the rest. */
export function Header() {
  const { t } = useTranslation('nest');
  const { session, goHome } = useNest();
  const roomId = useStore(session.$roomId);
  const event = useStore(session.$nestEvent);
  const connection = useStore(session.$connection);
  const openLayer = useOpenLayer();
  const title = useNestTitle();
  return (
    <header
      className="tinted flex min-h-16 items-center gap-1 border-b border-line ps-1 pe-2 sm:gap-2 sm:ps-3 sm:pe-5"
      style={{
        ...tintStyle(tintOf(event?.color, roomId)),
        backgroundImage:
          'linear-gradient(100deg, color-mix(in oklab, var(--tint) 70%, transparent), transparent 58%)',
      }}
    >
      <IconButton label={t('back')} icon={<ChevronLeft className="rtl:-scale-x-100" />} onClick={goHome} />
      <div className="flex min-w-0 flex-1 flex-col py-2 sm:flex-row sm:items-center sm:gap-4">
        <h1 dir="auto" className="truncate text-base leading-6 sm:text-lg" title={title}>
          {title}
        </h1>
        <p className="flex shrink-0 flex-wrap items-center gap-x-3 sm:gap-x-4">
          <Badge role="status" tone={tones[connection]} dot className="whitespace-nowrap">
            {t(`connection.${connection}`)}
          </Badge>
          <HeadCount />
        </p>
      </div>
      <button
        type="button"
        className={classes(buttonLook('quiet'), 'max-sm:size-11 max-sm:bg-transparent max-sm:px-0')}
        onClick={() => openLayer({ kind: 'share' })}
      >
        <Share aria-hidden />
        <span className="max-sm:sr-only">{t('header.share')}</span>
      </button>
      <RestartButton />
      <More />
    </header>
  );
}

function HeadCount() {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const count = useStore(session.$count);
  if (count === null) return null;
  return (
    <span className="tabular flex items-center gap-1.5 text-xs text-muted sm:text-sm">
      <Users aria-hidden className="size-4 max-[22rem]:hidden" />
      <span aria-hidden>{count}</span>
      <span className="sr-only">{t('count', { count })}</span>
    </span>
  );
}

function RestartButton() {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const { restart, busy, error } = useRestartNest(session);
  const failure = useStore(session.$restartError);
  // One from before this header was here was told already.
  const told = useRef(failure);
  useEffect(() => {
    if (told.current === failure) return;
    told.current = failure;
    if (failure && error) toast(error.title, error.sentence, { tone: 'error' });
    // The words belong to the failure: another language must not show the toast again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [failure]);
  if (!restart && !busy) return null;
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={() => void restart?.()}
      className={classes(buttonLook('quiet'), 'max-sm:size-11 max-sm:bg-transparent max-sm:px-0')}
    >
      <RotateCw aria-hidden className={busy ? 'animate-spin' : undefined} />
      <span className="max-sm:sr-only">{busy ? t('header.restarting') : t('header.restart')}</span>
    </button>
  );
}

/** The button of the menu; the menu's code comes when somebody points at it. */
function More() {
  const { t } = useTranslation('nest');
  const [wanted, setWanted] = useState(false);
  const button = (
    <IconButton
      label={t('header.menu')}
      icon={<Ellipsis />}
      aria-haspopup="menu"
      onPointerEnter={() => void loadLayers()}
      onFocus={() => void loadLayers()}
      onClick={() => setWanted(true)}
    />
  );
  return wanted ? (
    <Suspense fallback={button}>
      <MoreMenu trigger={button} />
    </Suspense>
  ) : (
    button
  );
}
