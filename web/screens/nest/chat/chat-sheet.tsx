import { useTranslation } from 'react-i18next';
import { Sheet } from '../../../ui/sheet.tsx';
import { ChatPanel, type ChatPanelProps } from './chat.tsx';

/** The chat on phones: a sheet above the nest. */
export function ChatSheet({ onClose, ...chat }: ChatPanelProps & { onClose: () => void }) {
  const { t } = useTranslation('nest');
  return (
    <Sheet open onOpenChange={onClose} title={t('chat')} fixed>
      <ChatPanel {...chat} />
    </Sheet>
  );
}
