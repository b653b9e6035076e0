import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { createKey } from '../../nostr/index.ts';
import { PasswordField } from './password-field.tsx';
import { remindOfBackup } from './backup-reminder.ts';
import type { SignInView } from './sign-in.tsx';

const SHORTEST_PASSWORD = 8;

/** A new key in one step: what to be called, and whether it stays here (with a password) or goes with this visit. */
export function NewKey({ go }: { go: (view: SignInView) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [keep, setKeep] = useState(true);
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const [making, setMaking] = useState(false);
  const [failed, setFailed] = useState(false);

  const nameError = name.trim() === '' ? t('signin:nameMissing') : undefined;
  const passwordError =
    keep && password.length < SHORTEST_PASSWORD
      ? t('signin:passwordShort', { count: SHORTEST_PASSWORD })
      : undefined;

  async function make(event: SubmitEvent) {
    event.preventDefault();
    setChecked(true);
    if (nameError ?? passwordError) return;
    setMaking(true);
    setFailed(false);
    try {
      const { pubkey } = await createKey(keep ? { name: name.trim(), password } : { name: name.trim() });
      remindOfBackup(pubkey);
      go('backup');
    } catch {
      setFailed(true);
      setMaking(false);
    }
  }

  return (
    <form noValidate onSubmit={(event) => void make(event)} className="flex flex-col gap-5">
      <TextField
        label={t('signin:name')}
        hint={t('signin:nameHint')}
        error={checked ? nameError : undefined}
        value={name}
        maxLength={64}
        autoComplete="username"
        onChange={(event) => setName(event.target.value)}
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-semibold">{t('signin:where')}</legend>
        <Choice
          checked={keep}
          onChoose={() => setKeep(true)}
          title={t('signin:keep')}
          text={t('signin:keepText')}
        />
        <Choice
          checked={!keep}
          onChoose={() => setKeep(false)}
          title={t('signin:visit')}
          text={t('signin:visitText')}
        />
      </fieldset>
      {keep && (
        <PasswordField
          label={t('signin:password')}
          hint={t('signin:passwordHint')}
          error={checked ? passwordError : undefined}
          value={password}
          isNew
          onChange={setPassword}
        />
      )}
      {failed && (
        <p role="alert" className="text-sm text-danger">
          {t('signin:newFailed')}
        </p>
      )}
      <div className="flex justify-end gap-3 max-sm:[&>*]:grow">
        <Button look="plain" onClick={() => go('choose')}>
          {t('signin:back')}
        </Button>
        <Button look="main" type="submit" busy={making}>
          {making ? t('signin:making') : t('signin:make')}
        </Button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  checked: boolean;
  onChoose: () => void;
  title: string;
  text: string;
}

function Choice({ checked, onChoose, title, text }: ChoiceProps) {
  return (
    <label className="-mx-3 flex min-h-11 items-start gap-3 rounded-md px-3 py-2 hover:bg-raised">
      <input
        type="radio"
        name="where"
        checked={checked}
        onChange={onChoose}
        className="mt-1 size-4.5 shrink-0 accent-straw-text"
      />
      <span>
        <span className="block text-sm font-semibold">{title}</span>
        <span className="block text-xs text-muted">{text}</span>
      </span>
    </label>
  );
}
