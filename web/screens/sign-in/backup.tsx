import { Check, Copy, Download } from 'lucide-react';
import { encodeNpub } from '@nests/protocol/address';
import { useStore } from '@nanostores/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { downloadFile } from '../calendar.ts';
import { copyText } from '../copy-text.ts';
import { $account, backup } from '../../nostr/index.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { backupDone } from './backup-reminder.ts';

/**
 * The copy of a key made here: shown, to be copied or saved as a file. A key under a password is shown encrypted
 * (ncryptsec), one for this visit as it is (nsec).
 */
export function Backup({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState(false);
  const [copied, setCopied] = useState(false);
  const account = useStore($account);
  const [text, setText] = useState<string | null>();
  useEffect(() => {
    void backup().then(setText);
  }, []);
  if (text === undefined) return <Skeleton className="h-40" />;
  if (text === null || !account) return <p>{t('signin:backupNone')}</p>;

  const secret = text;
  const npub = encodeNpub(account.pubkey);
  const encrypted = secret.startsWith('ncryptsec1');
  const meaning = encrypted ? t('signin:backupEncrypted') : t('signin:backupPlain');

  function markSaved() {
    setSaved(true);
    backupDone();
  }

  async function copy() {
    if (!(await copyText(secret))) {
      toast(t('common:notCopied'), t('common:notCopiedText'), { tone: 'error' });
      return;
    }
    setCopied(true);
    markSaved();
  }

  function download() {
    const words = [t('signin:fileIntro'), '', npub, secret, '', meaning];
    downloadFile(new Blob([words.join('\n')], { type: 'text/plain' }), `nests-key-${npub.slice(0, 12)}.txt`);
    markSaved();
  }

  return (
    <div className="flex flex-col gap-5">
      <p className="text-sm text-muted">{t('signin:backupText')}</p>
      <div>
        <p className="rounded-md bg-raised px-4 py-3 font-mono text-xs wrap-anywhere select-all">{secret}</p>
        <p className="mt-1 text-xs text-muted">{meaning}</p>
      </div>
      <div className="flex flex-wrap gap-3 [&>*]:grow">
        <Button icon={copied ? <Check /> : <Copy />} onClick={() => void copy()}>
          {copied ? t('common:copied') : t('signin:copyKey')}
        </Button>
        <Button icon={<Download />} onClick={download}>
          {t('signin:downloadKey')}
        </Button>
      </div>
      <div className="flex flex-wrap justify-end gap-3 max-sm:[&>*]:grow">
        {!saved && (
          <Button look="plain" onClick={done}>
            {t('signin:later')}
          </Button>
        )}
        <Button look="main" disabled={!saved} onClick={done}>
          {t('signin:saved')}
        </Button>
      </div>
    </div>
  );
}
