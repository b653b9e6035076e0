import { useTranslation } from 'react-i18next';
import { localeFor } from './parts/locale.ts';

/** The locale in which times and numbers are written. */
export function useLocale(): string {
  const { i18n } = useTranslation();
  return localeFor(i18n.language, navigator.languages);
}
