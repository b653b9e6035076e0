import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Segmented } from '../../ui/segmented.tsx';
import { chosenTheme, chooseTheme, type Theme } from './theme.ts';

/** Light, dark, or as the system has it. */
export function ThemeChoice() {
  const { t } = useTranslation();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  return (
    <Segmented
      label={t('settings:theme')}
      value={theme}
      onChange={(next) => {
        chooseTheme(next);
        setTheme(next);
      }}
      options={[
        { value: 'system', label: t('settings:system') },
        { value: 'light', label: t('settings:light') },
        { value: 'dark', label: t('settings:dark') },
      ]}
    />
  );
}
