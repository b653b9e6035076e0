import { useStore } from '@nanostores/react';
import { CloudOff } from 'lucide-react';
import { atom, type ReadableAtom } from 'nanostores';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ago } from '../../i18n/time.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Button } from '../../ui/button.tsx';
import { settings } from '../../settings.ts';
import { $nostr } from '../services.ts';
import { downRelays } from './down-relays.ts';
import type { Lobby } from './use-lobby.ts';

const rowShape = 'mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-lg bg-raised px-4 py-2 text-sm';

/** "Offline; this is what was known": only while something is known. */
export function OfflineNotice({ lobby }: { lobby: Lobby }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!lobby.offlineSince) return null;
  return (
    <div role="status" className={rowShape}>
      <CloudOff aria-hidden className="size-5 shrink-0 text-muted" />
      <p className="min-w-0 flex-1 basis-56">
        {t('lobby:offline', { ago: ago(lobby.now - lobby.offlineSince, language) })}
      </p>
      <Button look="plain" className="-me-3 ms-auto" onClick={() => void lobby.refresh()}>
        {t('common:tryAgain')}
      </Button>
    </div>
  );
}

const $none: ReadableAtom<readonly string[]> = atom([]);

/** Which relays do not answer, with a way to try again. */
export function RelayNotice() {
  const { t } = useTranslation();
  const language = useLanguage();
  const nostr = useStore($nostr);
  const $down = useMemo(
    () => (nostr ? downRelays(nostr.gateway.relayStates, settings().relays) : $none),
    [nostr],
  );
  const down = useStore($down);
  if (down.length === 0) return null;
  const names = new Intl.ListFormat(language).format(down);
  return (
    <div role="status" className={rowShape}>
      <p className="min-w-0 flex-1 basis-56">
        {t('lobby:relaysFailed', { count: down.length, relays: names })}
      </p>
      <Button look="plain" className="-me-3 ms-auto" onClick={() => nostr?.gateway.retry()}>
        {t('common:tryAgain')}
      </Button>
    </div>
  );
}
