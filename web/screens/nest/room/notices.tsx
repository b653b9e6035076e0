import { useStore } from '@nanostores/react';
import { TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Notice } from '../../../nest/session-types.ts';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { useNest } from '../screen-ports.ts';
import { browserKind, hintFor, type Hint } from '../parts/hint.ts';
import { useNoticeText } from '../use-notices.ts';
import { useOpenLayer } from './layers.ts';

const LINE_MS = 7_000;
/** Buttons of a hint stand on the raised ground. */
const ACT = 'hover:brightness-105 not-[.bg-straw]:bg-surface max-sm:mb-1.5';
const WARNINGS: readonly Hint[] = [
  'disconnected',
  'reconnecting',
  'microphone_refused',
  'microphone_missing',
  'microphone_failed',
  'microphone_silent',
  'talking_while_muted',
];

/** The live regions stay, so that what comes into them is read out; empty ones take no room. */
const HELD = 'last:pb-3 empty:pb-0';

const urgencyOf = (hint: Hint) => (WARNINGS.includes(hint) ? 'assertive' : 'polite');

/** Above the bar: the one condition that matters now, else the newest line of what happened. */
export function Notices() {
  const { session } = useNest();
  const microphone = useStore(session.$microphone);
  const hint = hintFor({
    connection: useStore(session.$connection),
    audioBlocked: useStore(session.audio.$blocked),
    deafened: useStore(session.audio.$deafened),
    microphone,
    role: useStore(session.$role),
    count: useStore(session.$count),
  });
  const notice = useStore(session.$notice);
  const [dismissed, setDismissed] = useState<Hint | null>(null);
  const [gone, setGone] = useState(0);
  const stale = notice?.code === 'on_stage' && microphone.actual === 'live';
  const line = notice?.kind === 'line' && notice.id > gone && !stale ? notice : null;
  useEffect(() => {
    if (!line) return;
    const timer = setTimeout(() => setGone(line.id), LINE_MS);
    return () => clearTimeout(timer);
  }, [line]);
  // What is put away is this time, not for ever: the next time it may be for another reason.
  if (dismissed !== null && dismissed !== hint) setDismissed(null);
  const shown = hint !== null && hint !== dismissed ? hint : null;
  return (
    <div className="flex flex-col gap-2 px-3 sm:px-6">
      <div aria-live="polite" className={HELD}>
        {line && <NoticeLine notice={line} />}
      </div>
      {(['assertive', 'polite'] as const).map((urgency) => (
        <div key={urgency} aria-live={urgency} className={HELD}>
          {shown !== null && urgencyOf(shown) === urgency && (
            <HintCard hint={shown} onDismiss={() => setDismissed(shown)} />
          )}
        </div>
      ))}
    </div>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const { title } = useNoticeText(notice);
  return (
    <p
      className={classes(
        'enter-rise mx-auto w-fit rounded-full bg-raised px-4 py-2 text-center text-sm font-semibold',
        notice.tone === 'assertive' && 'text-danger',
      )}
    >
      {title}
    </p>
  );
}

/** What a hint says beside its title, and the one thing to do about it. */
function useHintParts(hint: Hint): { text: string | null; act: { label: string; run: () => void } | null } {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const openLayer = useOpenLayer();
  const retry = useStore(session.$retry);
  const sound = () => openLayer({ kind: 'sound' });
  switch (hint) {
    case 'disconnected':
      return {
        text: t('hint.disconnected.text'),
        act: retry && { label: t('hint.disconnected.action'), run: () => void retry() },
      };
    case 'reconnecting':
      return { text: t('hint.reconnecting.text'), act: null };
    case 'audio_blocked':
      return {
        text: null,
        act: { label: t('hint.audio_blocked.action'), run: () => void session.audio.unblock() },
      };
    case 'microphone_refused':
      return { text: t(`allow.${browserKind(navigator.userAgent)}`), act: null };
    case 'microphone_missing':
      return {
        text: t('hint.microphone_missing.text'),
        act: { label: t('hint.microphone_missing.action'), run: sound },
      };
    case 'microphone_failed':
      return { text: t('hint.microphone_failed.text'), act: null };
    case 'microphone_silent':
      return {
        text: t('hint.microphone_silent.text'),
        act: { label: t('hint.microphone_silent.action'), run: sound },
      };
    case 'talking_while_muted':
      return { text: t('hint.talking_while_muted.text'), act: null };
    case 'deafened':
      return {
        text: null,
        act: { label: t('hint.deafened.action'), run: () => session.audio.setDeafened(false) },
      };
    case 'alone':
      return {
        text: t('hint.alone.text'),
        act: { label: t('hint.alone.action'), run: () => openLayer({ kind: 'share' }) },
      };
  }
}

function HintCard({ hint, onDismiss }: { hint: Hint; onDismiss: () => void }) {
  const { t } = useTranslation('nest');
  const { text, act } = useHintParts(hint);
  const title = t(`hint.${hint}.title`);
  const warns = WARNINGS.includes(hint);
  return (
    <div className="enter-rise relative mx-auto flex w-full max-w-2xl items-start gap-3 rounded-lg bg-raised py-1.5 ps-4 pe-12">
      {warns && <TriangleAlert aria-hidden className="mt-2 size-5 shrink-0 text-danger" />}
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4">
        <div className="min-w-0 flex-1 basis-48 py-1.5">
          <p className="text-sm leading-5 font-semibold">{title}</p>
          {text !== null && <p className="text-xs leading-4.5 text-muted">{text}</p>}
        </div>
        {act && (
          <Button look={hint === 'audio_blocked' ? 'main' : 'plain'} className={ACT} onClick={act.run}>
            {act.label}
          </Button>
        )}
      </div>
      <span className="absolute end-1 top-1">
        <IconButton label={t('hint.dismiss')} icon={<X />} onClick={onDismiss} />
      </span>
    </div>
  );
}
