import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $locked } from '../../nostr/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirst } from '../../ui/use-dialog-focus.ts';
import { endSignIn } from './ask.ts';
import { Backup } from './backup.tsx';
import { Choose } from './choose.tsx';
import { ExtensionHelp } from './extension-help.tsx';
import { NewKey } from './new-key.tsx';
import { Unlock } from './unlock.tsx';

/** The faces of the dialog. */
export type SignInView = 'choose' | 'new-key' | 'backup' | 'unlock' | 'extension-help';

/** The sign-in dialog: ways in, each with what it means for the key; ends where one was. */
export function SignIn() {
  const { t } = useTranslation();
  const [view, setView] = useState<SignInView>(() => ($locked.get().length > 0 ? 'unlock' : 'choose'));
  const titles = {
    choose: t('signin:title'),
    'new-key': t('signin:newTitle'),
    backup: t('signin:backupTitle'),
    unlock: t('signin:unlockTitle'),
    'extension-help': t('signin:extensionHelpTitle'),
  };
  const body = useRef<HTMLDivElement>(null);
  const shown = useRef(view);
  const done = () => endSignIn(true);

  // What had the focus is gone with its view.
  useEffect(() => {
    if (shown.current === view) return;
    shown.current = view;
    const dialog = body.current?.closest('[role="dialog"]');
    if (dialog) focusFirst(dialog);
  }, [view]);

  // Once the key exists the person is signed in; closing the backup only means that they are reminded of it.
  const close = () => endSignIn(view === 'backup');
  return (
    <Dialog open onOpenChange={close} title={titles[view]}>
      <div ref={body}>
        {view === 'choose' && <Choose go={setView} done={done} />}
        {view === 'new-key' && <NewKey go={setView} />}
        {view === 'backup' && <Backup done={done} />}
        {view === 'unlock' && <Unlock go={setView} done={done} />}
        {view === 'extension-help' && <ExtensionHelp back={() => setView('choose')} />}
      </div>
    </Dialog>
  );
}
