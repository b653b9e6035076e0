import { useStore } from '@nanostores/react';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { $locked, unlock } from '../../nostr/index.ts';
import { WovenFace } from '../../ui/woven-face.tsx';
import { PasswordField } from './password-field.tsx';
import type { SignInView } from './sign-in.tsx';

interface UnlockProps {
  go: (view: SignInView) => void;
  done: () => void;
}

/** The password of the key that is kept here, encrypted. */
export function Unlock({ go, done }: UnlockProps) {
  const { t } = useTranslation();
  const locked = useStore($locked);
  const [password, setPassword] = useState('');
  const [opening, setOpening] = useState(false);
  const [wrong, setWrong] = useState(false);

  async function open(event: SubmitEvent) {
    event.preventDefault();
    setOpening(true);
    setWrong(false);
    try {
      await unlock(password);
      done();
    } catch {
      setWrong(true);
      setOpening(false);
    }
  }

  return (
    <form noValidate onSubmit={(event) => void open(event)} className="flex flex-col gap-5">
      <div className="flex items-center gap-4">
        {locked && <WovenFace pubkey={locked.pubkey} name={locked.name} size={56} />}
        <div>
          {locked?.name !== undefined && <p className="font-semibold">{locked.name}</p>}
          <p className="text-sm text-muted">{t('signin:unlockText')}</p>
        </div>
      </div>
      {/* Tells password managers whose password it is. */}
      <input hidden readOnly autoComplete="username" value={locked?.name ?? locked?.pubkey ?? ''} />
      <PasswordField
        label={t('signin:password')}
        error={wrong ? t('signin:passwordWrong') : undefined}
        value={password}
        onChange={setPassword}
      />
      <div className="flex flex-wrap justify-end gap-3 max-sm:[&>*]:grow">
        <Button look="plain" onClick={() => go('choose')}>
          {t('signin:otherWay')}
        </Button>
        <Button look="main" type="submit" busy={opening} disabled={password === ''}>
          {opening ? t('signin:unlocking') : t('signin:unlock')}
        </Button>
      </div>
    </form>
  );
}
