import { browserValues } from '../../nostr/storage.ts';

/** `system` follows the device; the others are fixed on this device. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'nests.theme';

/** The theme chosen on this device. */
export function chosenTheme(): Theme {
  const value = document.documentElement.dataset['theme'];
  return value === 'light' || value === 'dark' ? value : 'system';
}

/** Changes the theme now and for the next visits (public/theme.js reads it before the first paint). */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  if (theme === 'system') browserValues.remove(KEY);
  else browserValues.set(KEY, theme);
}
