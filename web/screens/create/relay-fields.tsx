import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { hasRoomForRelay, relayOf, type Draft } from './draft.ts';

interface RelayFieldsProps {
  draft: Draft;
  error: string | undefined;
  onChange: (relays: string[]) => void;
}

/** Where the nest is announced: a list to take from and to add to. */
export function RelayFields({ draft, error, onChange }: RelayFieldsProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [bad, setBad] = useState(false);

  function add() {
    const relay = relayOf(typed);
    setBad(relay === null);
    if (relay === null) return;
    onChange([...new Set([...draft.relays, relay])]);
    setTyped('');
  }

  return (
    <div className="flex flex-col gap-2">
      <h2 className="font-text text-sm font-semibold" id="relays-title">
        {t('create:relays')}
      </h2>
      <p className="text-xs text-muted">{t('create:relaysHint')}</p>
      <ul role="list" aria-labelledby="relays-title">
        {draft.relays.map((relay) => (
          <li key={relay} className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 wrap-anywhere">{relay}</span>
            <IconButton
              label={t('create:removeRelay', { relay })}
              icon={<X />}
              onClick={() => onChange(draft.relays.filter((one) => one !== relay))}
            />
          </li>
        ))}
      </ul>
      {hasRoomForRelay(draft) && (
        <div className="flex items-start gap-3">
          <div className="min-w-0 flex-1">
            <TextField
              label={t('create:addRelay')}
              hideLabel
              name="relays"
              placeholder="wss://"
              inputMode="url"
              autoCapitalize="off"
              autoComplete="off"
              spellCheck={false}
              error={bad ? t('create:relayBad') : error}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setBad(false);
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                add();
              }}
            />
          </div>
          <Button className="min-h-12" onClick={add}>
            {t('create:add')}
          </Button>
        </div>
      )}
    </div>
  );
}
