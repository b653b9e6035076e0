import { useStore } from '@nanostores/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { useNest } from '../screen-ports.ts';

/** Asks once more before the nest ends for everybody. */
export function EndDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('layers');
  const { session } = useNest();
  const end = useStore(session.$end);
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('end.title')}
      description={t('end.text')}
      footer={
        <>
          <Button onClick={onClose}>{t('end.cancel')}</Button>
          <Button
            look="danger"
            busy={busy}
            disabled={!end}
            onClick={() => {
              setBusy(true);
              void end?.().then(onClose);
            }}
          >
            {busy ? t('end.busy') : t('end.confirm')}
          </Button>
        </>
      }
    />
  );
}
