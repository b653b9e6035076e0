import { useStore } from '@nanostores/react';
import { Headphones, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { isOnStage } from '../parts/people.ts';
import { useNest } from '../screen-ports.ts';

const WAY_IN = 'min-h-14 w-full text-base sm:w-auto sm:min-w-64';

/** The one button that lets people in (and the click that the browser wants before it plays), with what they may expect. */
export function Entry() {
  const { t } = useTranslation('nest');
  const { session, $me, signIn } = useNest();
  const join = useStore(session.$join);
  const phase = useStore(session.$phase);
  const role = useStore(session.$role);
  const guest = useStore($me) === null;
  const invitedOnly = useStore(session.$info)?.access === 'invite';
  const speaks = isOnStage({ role });
  if (phase === 'starting') return <Starting />;
  if (guest && invitedOnly) {
    return (
      <Thumb>
        <Button look="main" className={WAY_IN} onClick={signIn}>
          {t('before.signIn')}
        </Button>
        <p className="text-center text-sm text-muted">{t('before.inviteText')}</p>
      </Thumb>
    );
  }
  const label = guest ? t('before.joinGuest') : t('before.join');
  return (
    <Thumb>
      <Button
        look="main"
        icon={<Headphones />}
        busy={phase === 'joining'}
        disabled={!join}
        className={WAY_IN}
        onClick={() => void join?.()}
      >
        {phase === 'joining' ? t('before.joining') : label}
      </Button>
      {guest ? (
        <SignInPrompt />
      ) : (
        <p className="text-center text-xs text-muted">
          {speaks ? t('before.micNote') : t('before.listenNote')}
        </p>
      )}
    </Thumb>
  );
}

/** At the thumb on phones, in the flow on wide screens. */
export function Thumb({ children }: { children: React.ReactNode }) {
  return (
    <div className="sticky bottom-0 -mx-5 mt-auto flex flex-col items-center gap-3 bg-linear-to-t from-ground from-80% to-transparent px-5 pt-8 pb-[max(20px,env(safe-area-inset-bottom))] sm:static sm:mt-8 sm:bg-none sm:pt-0">
      {children}
    </div>
  );
}

function Starting() {
  const { t } = useTranslation('nest');
  return (
    <Thumb>
      <Button look="main" busy icon={<LoaderCircle className="animate-spin" />} className={WAY_IN}>
        {t('before.starting')}
      </Button>
      <p role="status" className="text-center text-sm text-muted">
        {t('before.startingText')}
      </p>
    </Thumb>
  );
}

/** How to be more than a guest. */
export function SignInPrompt() {
  const { t } = useTranslation('nest');
  const { signIn } = useNest();
  return (
    <p className="flex flex-wrap items-center justify-center gap-x-3 text-sm text-muted">
      <Button onClick={signIn}>{t('before.signIn')}</Button>
      {t('before.signInText')}
    </p>
  );
}
