import type { Health } from '@nests/protocol/api';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { settings } from '../../settings.ts';
import { api } from '../api.ts';

/** Which app and which server these are. */
export function About() {
  const { t } = useTranslation();
  const [health, setHealth] = useState<Health | 'asking' | 'failed'>('asking');
  useEffect(() => {
    const abort = new AbortController();
    api.health(abort.signal).then(setHealth, () => {
      if (!abort.signal.aborted) setHealth('failed');
    });
    return () => abort.abort();
  }, []);
  const server =
    health === 'asking' ? '…' : health === 'failed' ? t('settings:serverSilent') : serverWords(health);
  const { version, publicUrl, relays } = settings();
  const rows = [
    [t('settings:version'), version],
    [t('settings:server'), server],
    [t('settings:address'), publicUrl],
    [t('settings:relays'), relays.join(', ')],
  ] as const;
  return (
    <>
      <p className="mb-3 text-sm text-muted">{t('settings:aboutText')}</p>
      <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted max-sm:mt-2">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );

  function serverWords({ version: serverVersion, status }: Health): string {
    return `${serverVersion} · ${status === 'healthy' ? t('settings:healthy') : t('settings:degraded')}`;
  }
}
