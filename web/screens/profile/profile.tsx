import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import { Skeleton } from '../../ui/skeleton.tsx';
import { WovenFace } from '../../ui/woven-face.tsx';
import { CopyButton } from '../copy-button.tsx';
import { NotFound } from '../not-found.tsx';
import { shortNpub, usePerson } from '../people.ts';
import { $nostr } from '../services.ts';
import { usePageTitle } from '../shell/page-title.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { Waiting } from '../shell/waiting.tsx';

/** A person's page: who they say they are, and their key. */
export function Profile({ npub }: { npub: string }) {
  const nostr = useStore($nostr);
  if (!nostr) return <Waiting />;
  const pubkey = nostr.decodeNpub(npub);
  return pubkey === null ? <NotFound /> : <Person pubkey={pubkey} npub={nostr.encodeNpub(pubkey)} />;
}

function Person({ pubkey, npub }: { pubkey: string; npub: string }) {
  const { t } = useTranslation();
  const { label, name, picture, profile } = usePerson(pubkey);
  usePageTitle(label);
  return (
    <>
      <TopBar />
      <main id="main" tabIndex={-1} className="measure pb-16 outline-none">
        <div className="mx-auto flex max-w-xl flex-col items-center gap-4 pt-10 text-center">
          <WovenFace pubkey={pubkey} name={name} picture={picture} size={128} />
          <div>
            <h1 className="text-2xl">{label ?? <Skeleton inline className="w-40" />}</h1>
            {profile?.nip05 !== undefined && <p className="text-sm text-muted">{profile.nip05}</p>}
          </div>
          {profile?.about !== undefined && (
            <p className="max-w-prose text-base whitespace-pre-line">{profile.about}</p>
          )}
          <p className="font-mono text-xs text-muted" title={npub}>
            {shortNpub(npub)}
          </p>
          <CopyButton text={npub} label={t('common:copyNpub')} />
        </div>
      </main>
    </>
  );
}
