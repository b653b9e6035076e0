import { encodeNpub } from '@nests/protocol/address';
import { useStore } from '@nanostores/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { $account, $locked, forgetLocked, signOut, type Account, type LockedKey } from '../../nostr/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { WovenFace } from '../../ui/woven-face.tsx';
import { CopyButton } from '../copy-button.tsx';
import { usePerson } from '../people.ts';
import { askToSignIn } from '../sign-in/ask.ts';
import { $backupMissing, backupDone } from '../sign-in/backup-reminder.ts';
import { Backup } from '../sign-in/backup.tsx';

/** Whose key is in use, a copy of it, and the way out. */
export function AccountSettings() {
  const { t } = useTranslation();
  const account = useStore($account);
  const locked = useStore($locked);
  if (account) return <SignedIn account={account} />;
  if (locked.length > 0) {
    return (
      <div className="flex flex-col gap-8">
        {locked.map((one) => (
          <Locked key={one.pubkey} locked={one} />
        ))}
      </div>
    );
  }
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-sm text-muted">{t('settings:signedOut')}</p>
      <Button onClick={() => void askToSignIn()}>{t('common:signIn')}</Button>
    </div>
  );
}

function Locked({ locked }: { locked: LockedKey }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);

  function forget() {
    if ($backupMissing.get() === locked.pubkey) backupDone();
    forgetLocked(locked.pubkey);
  }

  return (
    <div>
      <Whose pubkey={locked.pubkey} text={t('settings:locked')} />
      <div className="mt-4 flex flex-wrap gap-3">
        <Button onClick={() => void askToSignIn()}>{t('common:signIn')}</Button>
        <Button look="danger" onClick={() => setAsking(true)}>
          {t('settings:forget')}
        </Button>
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t('settings:forgetTitle')}
        description={t('settings:forgetText')}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t('settings:keep')}</Button>
            <Button look="danger" onClick={forget}>
              {t('settings:forget')}
            </Button>
          </>
        }
      />
    </div>
  );
}

function SignedIn({ account }: { account: Account }) {
  const { t } = useTranslation();
  const backupMissing = useStore($backupMissing) === account.pubkey;
  const [dialog, setDialog] = useState<'none' | 'backup' | 'sign-out'>('none');
  const close = () => setDialog('none');
  const kept = {
    local: t('settings:keptHere'),
    visit: t('settings:keptVisit'),
    extension: t('settings:keptExtension'),
  };

  function leave() {
    if (account.kind === 'visit') backupDone();
    signOut();
  }

  return (
    <>
      <Whose pubkey={account.pubkey} text={kept[account.kind]} />
      {backupMissing && (
        <p className="mt-4 rounded-lg bg-raised px-4 py-3 text-sm">
          <strong className="font-semibold">{t('settings:backupMissing')}</strong>{' '}
          {t('settings:backupMissingText')}
        </p>
      )}
      <div className="mt-4 flex flex-wrap gap-3">
        {account.kind !== 'extension' && (
          <Button look={backupMissing ? 'main' : 'quiet'} onClick={() => setDialog('backup')}>
            {t('settings:backup')}
          </Button>
        )}
        <CopyButton text={encodeNpub(account.pubkey)} label={t('common:copyNpub')} />
        <Button look="danger" onClick={() => (account.kind === 'visit' ? setDialog('sign-out') : leave())}>
          {t('common:signOut')}
        </Button>
      </div>
      <Dialog open={dialog === 'backup'} onOpenChange={close} title={t('signin:backupTitle')}>
        <Backup done={close} />
      </Dialog>
      <Dialog
        open={dialog === 'sign-out'}
        onOpenChange={close}
        title={t('settings:signOutTitle')}
        description={t('settings:signOutVisit')}
        footer={
          <>
            <Button onClick={() => setDialog('backup')}>{t('settings:backup')}</Button>
            <Button look="danger" onClick={leave}>
              {t('common:signOut')}
            </Button>
          </>
        }
      />
    </>
  );
}

function Whose({ pubkey, text }: { pubkey: string; text: string }) {
  const person = usePerson(pubkey);
  return (
    <div className="flex items-center gap-4">
      <WovenFace pubkey={pubkey} name={person.name} picture={person.picture} size={56} />
      <div className="min-w-0">
        <Link href={`/p/${encodeNpub(pubkey)}`} className="font-semibold underline-offset-4 hover:underline">
          {person.label}
        </Link>
        <p className="text-sm text-muted">{text}</p>
      </div>
    </div>
  );
}
