import { useStore } from '@nanostores/react';
import { Check, Copy, Send } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renderSVG } from 'uqr';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { useNest } from '../screen-ports.ts';
import { useNestTitle } from '../use-nest-title.ts';
import { TroubleshootingLink } from '../troubleshooting-link.tsx';

/** The link of the nest as text, as a QR code and for other apps, with what to check before sending it. */
export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('nest');
  const { session, publicUrl } = useNest();
  const naddr = useStore(session.$naddr);
  const link = naddr === null ? null : `${publicUrl}/nest/${naddr}`;
  return (
    <Dialog open onOpenChange={onClose} title={t('share.title')} description={t('share.text')}>
      {link === null ? <p className="py-4 text-sm">{t('share.noLink')}</p> : <ShareBody link={link} />}
      <ul className="mt-5 list-disc space-y-1 ps-5 text-sm text-muted marker:text-straw">
        <li>{t('share.adviceNew')}</li>
        <li>{t('share.adviceConnected')}</li>
      </ul>
      <TroubleshootingLink />
    </Dialog>
  );
}

function ShareBody({ link }: { link: string }) {
  const { t } = useTranslation('nest');
  const title = useNestTitle();
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setCopied('yes'),
      () => setCopied('refused'),
    );
  return (
    <div className="flex flex-col gap-4">
      <QrCode text={link} label={t('share.qr')} />
      <TextField
        label={t('share.link')}
        value={link}
        readOnly
        dir="ltr"
        onFocus={(event) => event.currentTarget.select()}
        {...(copied === 'refused' ? { error: t('share.copyFailed') } : {})}
      />
      <div className="flex flex-wrap gap-3 [&>*]:grow">
        <Button
          look="main"
          icon={copied === 'yes' ? <Check /> : <Copy />}
          aria-live="polite"
          onClick={() => void copy()}
        >
          {copied === 'yes' ? t('share.copied') : t('share.copy')}
        </Button>
        {'share' in navigator && (
          <Button
            icon={<Send />}
            // Closing the system's share sheet rejects; nothing is to be done about that.
            onClick={() => void navigator.share({ title, url: link }).catch(() => undefined)}
          >
            {t('share.send')}
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
