import { useStore } from '@nanostores/react';
import { Link2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { OpenInvite } from '../../../api/client.ts';
import type { InviteDesk } from '../../../nest/session-types.ts';
import { Button } from '../../../ui/button.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useNow } from '../../use-now.ts';
import { withInvitation } from '../parts/invitation-link.ts';
import { messageTime } from '../parts/time-text.ts';
import { useNest } from '../screen-ports.ts';
import { useLocale } from '../use-locale.ts';
import { useName } from '../use-name.ts';
import { ShareLink } from './share-link.tsx';
import { useInvitations, type Invitations as State } from './use-invitations.ts';

/** What Invitations take. */
export interface InvitationsProps {
  desk: InviteDesk;
  /** The link of the nest, without an invitation. */
  link: string;
}

/** Makes invitation links, shows each once, and takes back those that are open. */
export function Invitations({ desk, link }: InvitationsProps) {
  const { t } = useTranslation('share');
  const state = useInvitations(desk);
  const { made, busy, failed, make } = state;
  return (
    <div className="flex flex-col gap-4">
      {made && <ShareLink key={made.id} link={withInvitation(link, made.secret)} label={t('invite.link')} />}
      <p className="text-sm text-muted">{made ? t('invite.onlyNow') : t('invite.advice')}</p>
      <Button look={made ? 'quiet' : 'main'} icon={<Link2 />} busy={busy} onClick={() => void make()}>
        {made ? t('invite.makeAnother') : t('invite.make')}
      </Button>
      {failed && (
        <p role="alert" className="text-sm text-danger">
          {t('invite.failed')}
        </p>
      )}
      <OpenInvitations state={state} />
    </div>
  );
}

function OpenInvitations({ state: { open, made, busy, failed, revoke } }: { state: State }) {
  const { t } = useTranslation('share');
  if (open === null) return failed ? null : <Skeleton className="h-14" />;
  if (open.length === 0) return <p className="text-sm text-muted">{t('invite.none')}</p>;
  return (
    <section aria-labelledby="open-invitations" className="border-t border-line pt-4">
      <h3 id="open-invitations" className="text-base">
        {t('invite.open')}
      </h3>
      <p className="mt-0.5 text-xs text-muted">{t('invite.openText')}</p>
      <ul aria-labelledby="open-invitations" className="mt-2">
        {open.map((invite) => (
          <InviteRow
            key={invite.id}
            invite={invite}
            shown={invite.id === made?.id}
            busy={busy}
            onRevoke={() => void revoke(invite.id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface InviteRowProps {
  invite: OpenInvite;
  /** Its link stands above. */
  shown: boolean;
  busy: boolean;
  onRevoke: () => void;
}

function InviteRow({ invite, shown, busy, onRevoke }: InviteRowProps) {
  const { t } = useTranslation('share');
  const { $me } = useNest();
  const mine = useStore($me) === invite.by;
  const name = useName(invite.by);
  const time = messageTime(invite.at, useNow(60_000), useLocale());
  return (
    <li className="flex min-h-14 items-center gap-3">
      <span className="min-w-0 flex-1 text-sm">
        <span className="tabular block truncate">
          {t('invite.made', { time, name: mine ? t('invite.you') : name })}
        </span>
        {shown && <span className="block text-xs text-muted">{t('invite.shown')}</span>}
      </span>
      <Button disabled={busy} aria-label={t('invite.revokeLabel', { time })} onClick={onRevoke}>
        {t('invite.revoke')}
      </Button>
    </li>
  );
}
