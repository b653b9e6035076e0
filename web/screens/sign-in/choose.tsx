import { Ear, KeyRound, Puzzle, UnlockKeyhole } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { $locked, SignInError, signInWithExtension } from '../../nostr/index.ts';
import { endSignIn } from './ask.ts';
import type { SignInView } from './sign-in.tsx';

interface ChooseProps {
  go: (view: SignInView) => void;
  done: () => void;
}

/** The ways in, each with what it means for the key. */
export function Choose({ go, done }: ChooseProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState(false);

  async function askExtension() {
    setAsking(true);
    setRefused(false);
    try {
      await signInWithExtension();
      done();
    } catch (failure) {
      if (failure instanceof SignInError && failure.code === 'no_extension') go('extension-help');
      else setRefused(true);
    } finally {
      setAsking(false);
    }
  }

  return (
    <>
      <ul role="list" className="-mx-3 flex flex-col">
        {$locked.get().length > 0 && (
          <Way
            icon={<UnlockKeyhole />}
            title={t('signin:unlockWay')}
            meaning={t('signin:unlockMeaning')}
            onClick={() => go('unlock')}
          />
        )}
        <Way
          icon={<KeyRound />}
          title={t('signin:newWay')}
          meaning={t('signin:newMeaning')}
          onClick={() => go('new-key')}
        />
        <Way
          icon={<Puzzle />}
          title={asking ? t('signin:extensionAsking') : t('signin:extensionWay')}
          meaning={t('signin:extensionMeaning')}
          disabled={asking}
          onClick={() => void askExtension()}
        />
        <Way
          icon={<Ear />}
          title={t('signin:guestWay')}
          meaning={t('signin:guestMeaning')}
          onClick={() => endSignIn(false)}
        />
      </ul>
      {refused && (
        <p role="alert" className="mt-2 text-sm text-danger">
          {t('signin:extensionRefused')}
        </p>
      )}
    </>
  );
}

interface WayProps {
  icon: ReactNode;
  title: string;
  meaning: string;
  disabled?: boolean;
  onClick: () => void;
}

function Way({ icon, title, meaning, disabled = false, onClick }: WayProps) {
  return (
    <li>
      <button
        type="button"
        disabled={disabled}
        onClick={onClick}
        className="group flex w-full items-center gap-4 rounded-lg px-3 py-3 text-start transition hover:bg-raised disabled:opacity-55"
      >
        <span
          aria-hidden
          className="flex size-11 shrink-0 items-center justify-center rounded-full bg-raised text-straw-text transition group-hover:bg-surface [&_svg]:size-5"
        >
          {icon}
        </span>
        <span className="min-w-0">
          <span className="block text-base font-semibold">{title}</span>
          <span className="block text-sm text-muted">{meaning}</span>
        </span>
      </button>
    </li>
  );
}
