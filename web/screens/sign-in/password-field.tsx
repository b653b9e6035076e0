import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';

interface PasswordFieldProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  /** A password being chosen, not entered: tells password managers. */
  isNew?: boolean;
}

/** A password, hidden until one asks to see it. */
export function PasswordField({ isNew = false, onChange, ...field }: PasswordFieldProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <TextField
        {...field}
        type={shown ? 'text' : 'password'}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        autoCapitalize="off"
        spellCheck={false}
        className="pe-13"
        onChange={(event) => onChange(event.target.value)}
      />
      <IconButton
        className="absolute end-0.5 top-7.5"
        label={shown ? t('signin:hidePassword') : t('signin:showPassword')}
        icon={shown ? <EyeOff /> : <Eye />}
        onClick={() => setShown(!shown)}
      />
    </div>
  );
}
