import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/dialog.tsx';
import { SHORTCUTS } from '../parts/shortcuts.ts';

/** The keyboard shortcuts, drawn from the same catalogue that fires them. */
export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('layers');
  return (
    <Dialog open onOpenChange={onClose} title={t('shortcut.title')} description={t('shortcut.text')}>
      <dl>
        {SHORTCUTS.map(({ action, cap, hold }) => (
          <div
            key={action}
            className="flex min-h-12 items-center gap-4 border-t border-line first:border-t-0"
          >
            <dt className="min-w-0 flex-1 text-sm">{t(`shortcut.${action}`)}</dt>
            <dd className="flex items-center gap-2 text-xs text-muted">
              {hold && t('shortcut.hold')}
              <kbd className="grid h-8 min-w-8 place-items-center rounded-sm bg-raised px-2.5 font-text text-sm font-semibold text-text">
                {'text' in cap ? cap.text : t(`shortcut.${cap.label}`)}
              </kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
