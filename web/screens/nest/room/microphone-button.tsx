import { useStore } from '@nanostores/react';
import { MicOff } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '../../../ui/classes.ts';
import { useNest } from '../screen-ports.ts';
import { useLevel } from '../parts/use-level.ts';

/**
 * The microphone: the largest control of the bar. Closed it is a straw pill with a crossed-out microphone; open it is a green block with
 * one's own voice moving in it. Words, colour and shape say the same.
 */
export function MicrophoneButton() {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const toggle = useStore(session.$toggleMicrophone);
  const microphone = useStore(session.$microphone);
  const live = microphone.actual === 'live';
  const wanted = microphone.desired === 'live';
  const word = microphone.syncing && wanted !== live ? (wanted ? t('bar.opening') : t('bar.closing')) : null;
  return (
    <button
      type="button"
      aria-label={live ? t('bar.muteLabel') : t('bar.unmuteLabel')}
      aria-busy={microphone.syncing || undefined}
      aria-keyshortcuts="M"
      data-talks
      disabled={!toggle}
      onClick={() => void toggle?.()}
      className={classes(
        'flex h-14 min-w-0 grow items-center justify-center gap-2 px-1.5 text-base font-semibold transition-all select-none',
        'disabled:opacity-55 sm:min-w-40 sm:grow-0 sm:px-7 [&_svg]:size-6 [&_svg]:shrink-0',
        live
          ? 'rounded-lg bg-speaking-text text-ground'
          : 'rounded-full bg-straw text-on-straw hover:brightness-105',
      )}
    >
      {live ? <VoiceBars /> : <MicOff />}
      <span className="truncate">{word ?? (live ? t('bar.mute') : t('bar.unmute'))}</span>
    </button>
  );
}

/** How much each bar takes of the voice: most in the middle. */
const GAINS = [0.55, 0.9, 1.35, 0.9, 0.55].map((gain): Record<`--${string}`, string> => ({
  '--gain': String(gain),
}));

/** Five bars that move with one's own voice. */
function VoiceBars() {
  const { session } = useNest();
  const bars = useRef<HTMLSpanElement>(null);
  useLevel(bars, session.audio.$inputLevel);
  return (
    <span ref={bars} aria-hidden className="flex h-6 shrink-0 items-center gap-0.75">
      {GAINS.map((style, index) => (
        <span
          // The five bars never change places.
          key={index}
          className="voice-bar block h-full w-0.75 rounded-full bg-current"
          style={style}
        />
      ))}
    </span>
  );
}
