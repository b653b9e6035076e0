import { useStore } from '@nanostores/react';
import { Check, Circle, LoaderCircle, X } from 'lucide-react';
import type { ReadableAtom } from 'nanostores';
import { useTranslation } from 'react-i18next';
import type { CreateProgress, StepState } from '../../nest/task-types.ts';

/** The steps of making a nest, each as it stands; what failed is named. */
export function Progress({ progress }: { progress: ReadableAtom<CreateProgress> }) {
  const { t } = useTranslation();
  const { room, relays, ready, failure } = useStore(progress);
  return (
    <section aria-label={t('create:steps')} className="rounded-xl bg-surface px-5 py-3">
      <ol>
        <Step state={room} text={t('create:stepRoom')} />
        {relays.map(({ relay, state, message, messageKey }) => (
          <Step
            key={relay}
            state={state}
            text={t('create:stepRelay', { relay: relay.replace(/^wss?:\/\//, '') })}
            note={state === 'failed' ? (message ?? t(messageKey ?? 'create:relayFailed')) : undefined}
          />
        ))}
        <Step state={ready} text={t('create:stepReady')} />
      </ol>
      {failure && (
        <div role="alert" className="mt-1 border-t border-line pt-3 pb-1">
          <p className="font-semibold text-danger">{t(failure.titleKey)}</p>
          <p className="text-sm">{t(failure.sentenceKey)}</p>
          <p className="text-sm text-muted">{t('create:nothingLost')}</p>
        </div>
      )}
    </section>
  );
}

const signs: Record<StepState, React.ReactNode> = {
  waiting: <Circle className="text-muted" />,
  working: <LoaderCircle className="animate-spin text-straw-text" />,
  done: <Check className="text-speaking-text" />,
  failed: <X className="text-danger" />,
};

function Step({ state, text, note }: { state: StepState; text: string; note?: string | undefined }) {
  const { t } = useTranslation();
  const words = {
    waiting: t('create:stepWaiting'),
    working: t('create:stepWorking'),
    done: t('create:stepDone'),
    failed: t('create:stepFailed'),
  };
  return (
    <li className="flex items-start gap-3 py-1.5 text-sm [&_svg]:mt-0.5 [&_svg]:size-5 [&_svg]:shrink-0">
      <span aria-hidden>{signs[state]}</span>
      <span className="min-w-0">
        <span className={state === 'waiting' ? 'text-muted' : undefined}>{text}</span>
        <span className="sr-only">: {words[state]}</span>
        {note !== undefined && <span className="block text-xs text-danger">{note}</span>}
      </span>
    </li>
  );
}
