import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../nest/session-types.ts';
import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/field.tsx';
import { toast } from '../../../ui/toast.tsx';
import { useNest } from '../screen-ports.ts';

/** The longest reason the server takes. */
const REASON_LENGTH = 280;

/** What a BanForm takes. */
export interface BanFormProps {
  person: Person;
  name: string;
  onDone: () => void;
  onBack: () => void;
}

/** Asks once more before a ban, and says what a ban cannot do. It can be undone from the toast; a ban that failed can be tried again. */
export function BanForm({ person, name, onDone, onBack }: BanFormProps) {
  const { t } = useTranslation('person');
  const { session } = useNest();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const { ban } = session.moderation(person);
  const confirm = async () => {
    setBusy(true);
    const done = await ban?.(reason.trim() || undefined);
    setBusy(false);
    if (!done) return;
    onDone();
    const undo = session.moderation(person).liftBan;
    if (!undo) return;
    toast(t('banned', { name }), undefined, {
      action: { label: t('undo'), run: () => void undo() },
    });
  };
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">{t('banText')}</p>
      <TextArea
        label={t('banReason')}
        maxLength={REASON_LENGTH}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className="flex flex-wrap gap-3 [&>*]:grow">
        <Button onClick={onBack}>{t('banCancel')}</Button>
        <Button look="danger" busy={busy} disabled={!ban} onClick={() => void confirm()}>
          {t('banConfirm')}
        </Button>
      </div>
    </div>
  );
}
