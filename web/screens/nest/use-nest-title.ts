import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import { useNest } from './screen-ports.ts';
import { cleanName } from './parts/names.ts';
import { useName } from './use-name.ts';

/** What the nest is called: its event's title, else whose nest it is. */
export function useNestTitle(): string {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const event = useStore(session.$nestEvent);
  const host = useStore(session.$address)?.host ?? null;
  const name = useName(host);
  const title = cleanName(event?.title ?? '', 120);
  if (title !== '') return title;
  return host === null ? t('title.unknown') : t('title.of', { name });
}
