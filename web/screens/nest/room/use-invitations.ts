import { useEffect, useState } from 'react';
import type { OpenInvite } from '../../../api/client.ts';
import type { InviteDesk } from '../../../nest/session-types.ts';

/** The open invitations of a nest and what is done with them. */
export interface Invitations {
  /** Newest first; null = not here yet. */
  open: readonly OpenInvite[] | null;
  /** The invitation made just now, whose secret nobody tells again. */
  made: { id: string; secret: string } | null;
  busy: boolean;
  /** The last thing that was tried did not work. */
  failed: boolean;
  make: () => Promise<void>;
  revoke: (id: string) => Promise<void>;
}

/** Keeps the list of open invitations while it is looked at. */
export function useInvitations(desk: InviteDesk): Invitations {
  const [open, setOpen] = useState<readonly OpenInvite[] | null>(null);
  const [made, setMade] = useState<Invitations['made']>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let gone = false;
    desk.list().then(
      (list) => !gone && setOpen(list.toReversed()),
      () => !gone && setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, [desk]);

  async function act(act: () => Promise<void>) {
    setBusy(true);
    setFailed(false);
    try {
      await act();
      setOpen((await desk.list()).toReversed());
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
    }
  }

  return {
    open,
    made,
    busy,
    failed,
    make: () => act(async () => setMade(await desk.make())),
    revoke: (id) =>
      act(async () => {
        await desk.revoke(id);
        setMade((before) => (before?.id === id ? null : before));
      }),
  };
}
