import { Check, Copy, Send } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renderSVG } from 'uqr';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { useNestTitle } from '../use-nest-title.ts';

/** What a ShareLink takes. */
export interface ShareLinkProps {
  link: string;
  /** What kind of link it is. */
  label: string;
}

/** A link as a QR code, as text to copy, and for other apps. */
export function ShareLink({ link, label }: ShareLinkProps) {
  const { t } = useTranslation('share');
  const title = useNestTitle();
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setCopied('yes'),
      () => setCopied('refused'),
    );
  return (
    <div className="flex flex-col gap-4">
      <QrCode text={link} label={t('qr')} />
      <TextField
        label={label}
        value={link}
        readOnly
        dir="ltr"
        onFocus={(event) => event.currentTarget.select()}
        {...(copied === 'refused' ? { error: t('copyFailed') } : {})}
      />
      <div className="flex flex-wrap gap-3 [&>*]:grow">
        <Button
          look="main"
          icon={copied === 'yes' ? <Check /> : <Copy />}
          aria-live="polite"
          onClick={() => void copy()}
        >
          {copied === 'yes' ? t('copied') : t('copy')}
        </Button>
        {'share' in navigator && (
          <Button
            icon={<Send />}
            // Closing the system's share sheet rejects; nothing is to be done about that.
            onClick={() => void navigator.share({ title, url: link }).catch(() => undefined)}
          >
            {t('send')}
          </Button>
        )}
      </div>
    </div>
  );
}

function QrCode({ text, label }: { text: string; label: string }) {
  const source = `data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(text, { border: 2, ecc: 'M' }))}`;
  return (
    <img
      src={source}
      alt={label}
      width={200}
      height={200}
      className="mx-auto size-50 rounded-md bg-white [image-rendering:pixelated]"
    />
  );
}
