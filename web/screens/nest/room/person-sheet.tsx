import { useStore } from '@nanostores/react';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { encodeNpub } from '@nests/protocol/address';
import type { Person } from '../../../nest/session-types.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Sheet } from '../../../ui/sheet.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { WovenFace } from '../../../ui/woven-face.tsx';
import { useNest } from '../screen-ports.ts';
import { shortKey } from '../parts/names.ts';
import { isOnStage } from '../parts/people.ts';
import { useFace, useProfile } from '../use-name.ts';
import { BanForm } from './ban-form.tsx';
import { PersonManagement } from './person-management.tsx';

/** The sheet of one person; it closes when they leave, and so does not open by itself when they return. */
export function PersonSheet({ personKey, onClose }: { personKey: string; onClose: () => void }) {
  const { session } = useNest();
  const everybody = [...useStore(session.$stage), ...useStore(session.$audience)];
  const person = everybody.find(({ key }) => key === personKey);
  const gone = person === undefined;
  useEffect(() => {
    if (gone) onClose();
    // Once, when they leave: a new way to close changes nothing about that.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [gone]);
  return person ? <Card person={person} onClose={onClose} /> : null;
}

function Card({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation('person');
  const { t: inNest } = useTranslation(['nest']);
  const face = useFace(person.pubkey, person.key);
  const profile = useProfile(person.pubkey);
  const [banning, setBanning] = useState(false);
  return (
    <Sheet open onOpenChange={onClose} title={banning ? t('banTitle', { name: face.name }) : face.name}>
      {banning ? (
        <BanForm person={person} name={face.name} onDone={onClose} onBack={() => setBanning(false)} />
      ) : (
        <div className="flex flex-col gap-6">
          <div className="flex items-center gap-4">
            <WovenFace {...face} size={88} />
            <div className="min-w-0">
              <p className="text-sm text-muted">
                {inNest(`nest:role.${person.role}`)}
                {person.isMe && ` · ${t('you')}`}
              </p>
              {profile?.nip05 && (
                <p dir="ltr" className="truncate text-sm">
                  {profile.nip05.replace(/^_@/, '')}
                </p>
              )}
              {person.pubkey === null ? (
                <p className="text-sm text-muted">{t('guestAbout')}</p>
              ) : (
                <PublicKey pubkey={person.pubkey} />
              )}
            </div>
          </div>
          {profile?.about && (
            <p dir="auto" className="line-clamp-6 text-sm whitespace-pre-line">
              {profile.about}
            </p>
          )}
          {!person.isMe && isOnStage(person) && <Hearing person={person} name={face.name} />}
          <PersonManagement
            person={person}
            name={face.name}
            onDone={onClose}
            onBan={() => setBanning(true)}
          />
        </div>
      )}
    </Sheet>
  );
}

function PublicKey({ pubkey }: { pubkey: string }) {
  const { t } = useTranslation('person');
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(encodeNpub(pubkey)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <p className="-my-1 flex items-center gap-1 text-xs text-muted">
      <span className="sr-only">{t('npub')}</span>
      <span dir="ltr">{shortKey(pubkey)}</span>
      <IconButton
        label={copied ? t('copied') : t('copyNpub')}
        icon={copied ? <Check /> : <Copy />}
        onClick={() => void copy()}
      />
    </p>
  );
}

function Hearing({ person, name }: { person: Person; name: string }) {
  const { t } = useTranslation('person');
  const { audio } = useNest().session;
  const volume = useStore(audio.$personVolumes)[person.key] ?? 1;
  return (
    <div>
      <label className="text-sm font-semibold">
        {t('volume')}
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={volume}
          className="slider"
          onChange={(event) => audio.setPersonVolume(person.key, event.currentTarget.valueAsNumber)}
        />
      </label>
      <Switch
        label={t('muteForMe')}
        hint={t('muteForMeHint', { name })}
        checked={volume === 0}
        onChange={(on) => audio.setPersonVolume(person.key, on ? 0 : 1)}
      />
    </div>
  );
}
