import { useStore } from '@nanostores/react';
import { lazy, Suspense, useEffect, useState, type ComponentPropsWithRef } from 'react';
import { useTranslation } from 'react-i18next';
import { browserValues } from '../../nostr/storage.ts';
import { Button } from '../../ui/button.tsx';
import { WovenFace } from '../../ui/woven-face.tsx';
import { usePerson } from '../people.ts';
import { $me } from '../services.ts';
import { askToSignIn } from '../sign-in/ask.ts';
import { $backupMissing } from '../sign-in/backup-reminder.ts';

const loadMenu = () => import('./account-menu.tsx');
const AccountMenu = lazy(async () => ({ default: (await loadMenu()).AccountMenu }));

const HINT = 'nests.me';

/** Whose face to show before the code that knows is here: who was signed in at the last visit. */
const remembered = () => browserValues.get(HINT);

function remember(pubkey: string | undefined): void {
  if (pubkey === undefined) browserValues.remove(HINT);
  else browserValues.set(HINT, pubkey);
}

/** The signed-in person's face with their menu, or "Sign in". */
export function AccountButton() {
  const { t } = useTranslation();
  const account = useStore($me);
  const [hint] = useState(remembered);
  const [menuWanted, setMenuWanted] = useState(false);
  const pubkey = account === undefined ? hint : account?.pubkey;

  useEffect(() => {
    if (account !== undefined) remember(account?.pubkey);
  }, [account]);

  if (pubkey === undefined || pubkey === null) {
    return (
      <Button tight onClick={() => void askToSignIn()}>
        {t('common:signIn')}
      </Button>
    );
  }
  const button = (
    <FaceButton
      pubkey={pubkey}
      onClick={() => setMenuWanted(true)}
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
    />
  );
  if (!menuWanted || !account) return button;
  return (
    <Suspense fallback={button}>
      <AccountMenu account={account} trigger={<FaceButton pubkey={pubkey} />} />
    </Suspense>
  );
}

function FaceButton({ pubkey, ...rest }: { pubkey: string } & ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation();
  const person = usePerson(pubkey);
  const reminded = useStore($backupMissing) === pubkey;
  return (
    <button
      type="button"
      aria-label={reminded ? t('common:accountReminder') : t('common:account')}
      aria-haspopup="menu"
      {...rest}
      className="relative -me-1.5 flex size-11 shrink-0 items-center justify-center rounded-full hover:bg-raised"
    >
      <WovenFace pubkey={pubkey} name={person.name} picture={person.picture} size={32} />
      {reminded && (
        <span
          aria-hidden
          className="absolute end-1 top-1 size-3 rounded-full border-2 border-ground bg-straw"
        />
      )}
    </button>
  );
}
