/**
 * The locale for dates and numbers: the first of the browser's that speaks the app's language ("en-GB" for "en"), else the language
 * itself.
 */
export function localeFor(language: string, wanted: readonly string[]): string {
  const base = language.split('-')[0];
  return wanted.find((locale) => locale === language || locale.split('-')[0] === base) ?? language;
}
