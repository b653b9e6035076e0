import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { useNest } from '../screen-ports.ts';
import { useName } from '../use-name.ts';

/** "<host> invites you to speak": the microphone is asked for only after "Speak". */
export function InvitationDialog() {
  const { t } = useTranslation('layers');
  const { session } = useNest();
  const invitation = useStore(session.$invitation);
  const accept = useStore(session.$acceptInvitation);
  const decline = useStore(session.$declineInvitation);
  const from = invitation?.from ?? null;
  const name = useName(from);
  const title = from === null ? t('invitation.titleUnknown') : t('invitation.title', { name });
  if (!invitation) return null;
  return (
    <Dialog
      open
      unasked
      onOpenChange={() => void decline?.()}
      title={title}
      description={t('invitation.text')}
      footer={
        <>
          <Button disabled={!decline} onClick={() => void decline?.()}>
            {t('invitation.notNow')}
          </Button>
          <Button look="main" disabled={!accept} onClick={() => void accept?.()}>
            {t('invitation.speak')}
          </Button>
        </>
      }
    />
  );
}
