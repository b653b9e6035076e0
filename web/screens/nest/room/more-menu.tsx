import { useStore } from '@nanostores/react';
import { CircleStop, Headphones, Keyboard, MoveDown, Stethoscope } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { useNest } from '../screen-ports.ts';
import { useOpenLayer } from './layers.ts';

/** What one needs less often: sound, diagnostics, shortcuts, leaving the stage, ending the nest. Comes with the click that wants it open. */
export function MoreMenu({ trigger }: { trigger: ReactNode }) {
  const { t } = useTranslation('layers');
  const { session } = useNest();
  const openLayer = useOpenLayer();
  const end = useStore(session.$end);
  const stepDown = useStore(session.$stepDown);
  return (
    <Menu defaultOpen trigger={trigger}>
      <MenuItem icon={<Headphones />} onSelect={() => openLayer({ kind: 'sound' })}>
        {t('menu.sound')}
      </MenuItem>
      <MenuItem icon={<Stethoscope />} onSelect={() => openLayer({ kind: 'diagnostics' })}>
        {t('menu.diagnostics')}
      </MenuItem>
      <MenuItem icon={<Keyboard />} onSelect={() => openLayer({ kind: 'help' })}>
        {t('menu.shortcuts')}
      </MenuItem>
      {(stepDown !== null || end !== null) && <MenuSeparator />}
      {stepDown !== null && (
        <MenuItem icon={<MoveDown />} hint={t('menu.stepDownHint')} onSelect={() => void stepDown()}>
          {t('menu.stepDown')}
        </MenuItem>
      )}
      {end !== null && (
        <MenuItem
          icon={<CircleStop />}
          tone="danger"
          hint={t('menu.endHint')}
          onSelect={() => openLayer({ kind: 'end' })}
        >
          {t('menu.end')}
        </MenuItem>
      )}
    </Menu>
  );
}
