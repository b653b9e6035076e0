import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/dialog.tsx';
import { useNest } from '../screen-ports.ts';
import { TroubleshootingLink } from '../troubleshooting-link.tsx';
import { Invitations } from './invitations.tsx';
import { ShareLink } from './share-link.tsx';

/** The link of the nest as text, as a QR code and for other apps, with what to check before sending it. */
export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('share');
  const { session, publicUrl } = useNest();
  const naddr = useStore(session.$naddr);
  const desk = useStore(session.$inviteDesk);
  const invitedOnly = useStore(session.$info)?.access === 'invite';
  const link = naddr === null ? null : `${publicUrl}/nest/${naddr}`;
  if (desk && link !== null) {
    return (
      <Dialog open onOpenChange={onClose} title={t('invite.title')} description={t('invite.text')}>
        <Invitations desk={desk} link={link} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('title')}
      description={invitedOnly ? t('membersText') : t('text')}
    >
      {link === null ? (
        <p className="py-4 text-sm">{t('noLink')}</p>
      ) : (
        <ShareLink link={link} label={t('link')} />
      )}
      <ul className="mt-5 list-disc space-y-1 ps-5 text-sm text-muted marker:text-straw">
        <li>{t('adviceNew')}</li>
        <li>{t('adviceConnected')}</li>
      </ul>
      <TroubleshootingLink />
    </Dialog>
  );
}
