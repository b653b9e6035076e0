import { useStore } from '@nanostores/react';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { $locked, unlock, type LockedKey } from '../../nostr/index.ts';
import { WovenFace } from '../../ui/woven-face.tsx';
import { usePerson } from '../people.ts';
import { PasswordField } from './password-field.tsx';
import type { SignInView } from './sign-in.tsx';

interface UnlockProps {
  go: (view: SignInView) => void;
  done: () => void;
}

/** The password of the key that is kept here, encrypted; which one, where there are several. */
export function Unlock({ go, done }: UnlockProps) {
  const { t } = useTranslation();
  const kept = useStore($locked);
  const [chosen, setChosen] = useState(kept[0]?.pubkey);
  const locked = kept.find(({ pubkey }) => pubkey === chosen);
  const [password, setPassword] = useState('');
  const [opening, setOpening] = useState(false);
  const [wrong, setWrong] = useState(false);

  async function open(event: SubmitEvent) {
    event.preventDefault();
    if (!locked) return;
    setOpening(true);
    setWrong(false);
    try {
      await unlock(locked.pubkey, password);
      done();
    } catch {
      setWrong(true);
      setOpening(false);
    }
  }

  return (
    <form noValidate onSubmit={(event) => void open(event)} className="flex flex-col gap-5">
      {kept.length > 1 ? (
        <fieldset>
          <legend className="mb-1 text-sm font-semibold">{t('signin:whichKey')}</legend>
          {kept.map((one) => (
            <KeyChoice
              key={one.pubkey}
              locked={one}
              checked={one === locked}
              onChoose={() => {
                setChosen(one.pubkey);
                setWrong(false);
              }}
            />
          ))}
        </fieldset>
      ) : (
        <div className="flex items-center gap-4">
          {locked && <WovenFace pubkey={locked.pubkey} name={locked.name} size={56} />}
          <div>
            {locked?.name !== undefined && <p className="font-semibold">{locked.name}</p>}
            <p className="text-sm text-muted">{t('signin:unlockText')}</p>
          </div>
        </div>
      )}
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

/** One of the keys that rest here, by its name or the start of its key. */
function KeyChoice({
  locked,
  checked,
  onChoose,
}: {
  locked: LockedKey;
  checked: boolean;
  onChoose: () => void;
}) {
  const person = usePerson(locked.pubkey);
  return (
    <label className="-mx-3 flex min-h-11 items-center gap-3 rounded-md px-3 py-2 hover:bg-raised">
      <input
        type="radio"
        name="key"
        checked={checked}
        onChange={onChoose}
        className="size-4.5 shrink-0 accent-straw-text"
      />
      <WovenFace pubkey={locked.pubkey} name={locked.name} size={36} />
      <span className="min-w-0 truncate text-sm font-semibold">{locked.name ?? person.label}</span>
    </label>
  );
}
