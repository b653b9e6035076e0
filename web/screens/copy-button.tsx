import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { toast } from '../ui/toast.tsx';
import { copyText } from './copy-text.ts';

const SAID_MS = 2_000;

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy() {
    if (!(await copyText(text))) {
      toast(t('common:notCopied'), t('common:notCopiedText'), { tone: 'error' });
      return;
    }
    setCopied(true);
    announce(t('common:copied'));
  }

  return (
    <Button icon={copied ? <Check /> : <Copy />} onClick={() => void copy()}>
      {copied ? t('common:copied') : label}
    </Button>
  );
}
