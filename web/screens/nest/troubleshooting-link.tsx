import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import { useNest } from './screen-ports.ts';

/** To what to try when a nest does not work; in a tab of its own, so that nobody loses the nest by it. */
export function TroubleshootingLink() {
  const { t } = useTranslation('failed');
  const { session } = useNest();
  const roomId = useStore(session.$roomId);
  return (
    <a
      className="inline-flex min-h-11 items-center text-sm font-semibold text-straw-text underline underline-offset-4"
      href={`/diagnostics?nest=${encodeURIComponent(roomId)}#troubleshooting`}
      target="_blank"
      rel="noopener"
    >
      {t('troubleshooting')}
    </a>
  );
}
