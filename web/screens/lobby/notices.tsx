import { useStore } from '@nanostores/react';
import { CloudOff } from 'lucide-react';
import { atom, type ReadableAtom } from 'nanostores';
import { useTranslation } from 'react-i18next';
import { ago } from '../../i18n/time.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Button } from '../../ui/button.tsx';
import { settings } from '../../settings.ts';
import type { RelayState } from '../../nostr/index.ts';
import { $nostr } from '../services.ts';
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
      <Button look="plain" onClick={() => void lobby.refresh()}>
        {t('common:tryAgain')}
      </Button>
    </div>
  );
}

const $none: ReadableAtom<Record<string, RelayState>> = atom({});

/** A relay as people read it, and as two spellings of it are equal. */
const bare = (relay: string) => relay.replace(/^wss?:\/\/|\/$/g, '');

/** Which relays do not answer, with a way to try again. */
export function RelayNotice() {
  const { t } = useTranslation();
  const language = useLanguage();
  const nostr = useStore($nostr);
  const states = useStore(nostr?.gateway.relayStates ?? $none);
  const ours = settings().relays.map(bare);
  const failed = Object.keys(states).filter(
    (relay) => states[relay] === 'failed' && ours.includes(bare(relay)),
  );
  if (failed.length === 0) return null;
  const names = new Intl.ListFormat(language).format(failed.map(bare));
  return (
    <div role="status" className={rowShape}>
      <p className="min-w-0 flex-1 basis-56">
        {t('lobby:relaysFailed', { count: failed.length, relays: names })}
      </p>
      <Button look="plain" onClick={() => nostr?.gateway.retry()}>
        {t('common:tryAgain')}
      </Button>
    </div>
  );
}
