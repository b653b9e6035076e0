import { useTranslation } from 'react-i18next';

/**
 * The language of the page with the region of the device where both agree (`en` on a British device is `en-GB`), so
 * that times are written as the person knows them.
 */
export function useLanguage(): string {
  const { i18n } = useTranslation();
  return regional(i18n.language, navigator.languages);
}

/** The first of the person's languages that is this one, else the language alone. */
export function regional(language: string, preferred: readonly string[]): string {
  return preferred.find((one) => one.split('-')[0] === language) ?? language;
}
