import { KeyRound, LogOut, Settings, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from '@nanostores/react';
import { encodeNpub } from '@nests/protocol/address';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu.tsx';
import { signOut, type Account } from '../../nostr/index.ts';
import { usePerson } from '../people.ts';
import { $backupMissing } from '../sign-in/backup-reminder.ts';

/** The menu at one's own face: profile, settings, sign out. Opens as soon as it is here. */
export function AccountMenu({ account, trigger }: { account: Account; trigger: ReactNode }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const backupMissing = useStore($backupMissing) === account.pubkey;
  const { label } = usePerson(account.pubkey);
  return (
    <Menu trigger={trigger} defaultOpen>
      <MenuLabel>{label}</MenuLabel>
      {backupMissing && (
        <MenuItem
          icon={<KeyRound aria-hidden />}
          hint={t('common:saveKeyHint')}
          onSelect={() => go('/settings')}
        >
          {t('common:saveKey')}
        </MenuItem>
      )}
      <MenuItem asChild>
        <Link href={`/p/${encodeNpub(account.pubkey)}`}>
          <UserRound aria-hidden />
          {t('common:profile')}
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link href="/settings">
          <Settings aria-hidden />
          {t('common:settings')}
        </Link>
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        icon={<LogOut aria-hidden />}
        onSelect={() => {
          // A key for this visit ends with it, and must not be lost by a slip: the settings ask first.
          if (account.kind === 'visit') go('/settings');
          else signOut();
        }}
      >
        {t('common:signOut')}
      </MenuItem>
    </Menu>
  );
}
