import { useStore } from '@nanostores/react';
import { Hand, LogOut, MessageCircle, SmilePlus } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, buttonLook } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { isOnStage } from '../parts/people.ts';
import { useNest } from '../screen-ports.ts';
import { useMedia, WIDE } from '../use-media.ts';
import { loadLayers, ReactionPicker } from './later.ts';
import { MicrophoneButton } from './microphone-button.tsx';

/** 44 px on phones, so that the largest control keeps its word; never squeezed. */
const ROUND = 'sm:size-12';

/** What the bar takes. */
export interface BarProps {
  /** Messages that came while the chat was not in sight. */
  unread: number;
  chatShown: boolean;
  onChat: () => void;
}

/** The bar at the thumb: what one does most, with the microphone or the hand as the largest. */
export function Bar({ unread, chatShown, onChat }: BarProps) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const role = useStore(session.$role);
  const leave = useStore(session.$leave);
  const speaks = isOnStage({ role });
  return (
    <nav
      aria-label={t('bar.label')}
      className="flex items-center justify-center gap-1.5 border-t border-line px-2 pt-3 pb-[max(12px,env(safe-area-inset-bottom))] sm:gap-3 sm:px-3"
    >
      {speaks && <HandButton large={false} />}
      {role !== 'guest' && <ReactionButton />}
      {speaks ? <MicrophoneButton /> : role === 'guest' ? <GuestLine /> : <HandButton large />}
      <ChatButton unread={unread} shown={chatShown} onChat={onChat} />
      <button
        type="button"
        disabled={!leave}
        onClick={() => void leave?.()}
        className={classes(buttonLook('danger'), 'size-11 px-0 sm:size-auto sm:px-4')}
      >
        <LogOut aria-hidden className="rtl:-scale-x-100 sm:hidden" />
        <span className="max-sm:sr-only">{t('bar.leave')}</span>
      </button>
    </nav>
  );
}

function HandButton({ large }: { large: boolean }) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const hand = useStore(session.$hand);
  const raise = useStore(session.$raiseHand);
  const lower = useStore(session.$lowerHand);
  const act = hand.actual ? lower : raise;
  if (!raise && !lower && !large) return null;
  if (!large) {
    return (
      <IconButton
        className={ROUND}
        look={hand.actual ? 'main' : 'filled'}
        label={hand.actual ? t('bar.lower') : t('bar.raise')}
        icon={<Hand />}
        aria-keyshortcuts="H"
        aria-busy={hand.syncing || undefined}
        disabled={!act}
        onClick={() => void act?.()}
      />
    );
  }
  return (
    <button
      type="button"
      aria-keyshortcuts="H"
      aria-busy={hand.syncing || undefined}
      disabled={!act}
      onClick={() => void act?.()}
      className={classes(
        'flex h-14 min-w-0 grow items-center justify-center gap-2 px-2 text-base font-semibold transition-all select-none',
        'disabled:opacity-55 sm:min-w-44 sm:grow-0 sm:px-7 [&_svg]:size-6 [&_svg]:shrink-0',
        hand.actual ? 'rounded-lg bg-raised text-straw-text' : 'rounded-full bg-straw text-on-straw',
      )}
    >
      <Hand />
      <span className="truncate">{hand.actual ? t('bar.lower') : t('bar.raise')}</span>
    </button>
  );
}

/** Opens the reactions; their code comes when somebody points at it. Nothing where the session offers none. */
function ReactionButton() {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const react = useStore(session.$react);
  const [wanted, setWanted] = useState(false);
  if (!react) return null;
  const button = (
    <IconButton
      className={ROUND}
      look="filled"
      label={t('bar.react')}
      icon={<SmilePlus />}
      aria-haspopup="dialog"
      onPointerEnter={() => void loadLayers()}
      onFocus={() => void loadLayers()}
      onClick={() => setWanted(true)}
    />
  );
  return wanted ? (
    <Suspense fallback={button}>
      <ReactionPicker trigger={button} onPick={(emoji) => void react(emoji)} />
    </Suspense>
  ) : (
    button
  );
}

/** On wide screens the chat beside it has the sign-in prompt; on phones it is here. */
function GuestLine() {
  const { t } = useTranslation('nest');
  const { signIn, $me } = useNest();
  const signedIn = useStore($me) !== null;
  const wide = useMedia(WIDE);
  return wide || signedIn ? (
    <p className="min-w-0 px-3 text-sm text-muted max-sm:grow max-sm:text-xs">{t('bar.guestLine')}</p>
  ) : (
    <div className="flex min-w-0 flex-col gap-1 max-sm:grow">
      <p className="truncate text-center text-xs text-muted">{t('bar.guestLine')}</p>
      <Button look="main" onClick={signIn}>
        {t('before.signIn')}
      </Button>
    </div>
  );
}

function ChatButton({ unread, shown, onChat }: { unread: number; shown: boolean; onChat: () => void }) {
  const { t } = useTranslation('nest');
  return (
    <span className="relative">
      <IconButton
        className={ROUND}
        look="filled"
        label={unread > 0 ? t('bar.chatUnread', { count: unread }) : t('bar.chat')}
        icon={<MessageCircle />}
        aria-keyshortcuts="C"
        aria-expanded={shown}
        onClick={onChat}
      />
      {unread > 0 && (
        <span
          aria-hidden
          className="tabular pointer-events-none absolute -end-1 -top-1 grid h-5.5 min-w-5.5 place-items-center rounded-full bg-straw px-1.5 text-xs leading-none font-bold text-on-straw ring-[3px] ring-ground"
        >
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </span>
  );
}
