import { useStore } from '@nanostores/react';
import { Ban, Hand, MicOff, MoveDown, MoveUp, ShieldMinus, ShieldPlus, Undo2, UserMinus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person, PersonAction } from '../../../nest/session-types.ts';
import { classes } from '../../../ui/classes.ts';
import { toast } from '../../../ui/toast.tsx';
import { useNest } from '../screen-ports.ts';

/** What PersonManagement takes. */
export interface PersonManagementProps {
  person: Person;
  name: string;
  /** Something was done that ends the look at this person. */
  onDone: () => void;
  onBan: () => void;
}

/** What the host and co-hosts may do to somebody, each with half a line on what it does; nothing for everybody else. */
export function PersonManagement({ person, name, onDone, onBan }: PersonManagementProps) {
  const { t } = useTranslation('person');
  const { session } = useNest();
  // What may be done changes with one's own role.
  useStore(session.$role);
  const may = session.moderation(person);
  if (Object.values(may).every((action) => action === null)) return null;
  /** `as` says what the person is afterwards, as far as it decides about the way back, and `back` is that way. */
  const done =
    (action: PersonAction, said?: string, as?: Person['role'], back?: 'invite' | 'toAudience') =>
    async () => {
      const worked = await action();
      onDone();
      if (!worked || said === undefined) return;
      const undo = as && back && session.moderation({ ...person, role: as })[back];
      toast(said, undefined, undo ? { action: { label: t('undo'), run: () => void undo() } } : {});
    };
  return (
    <section aria-label={t('manage')} className="-mx-3">
      {may.invite && (
        <Row
          icon={<MoveUp />}
          label={t('invite')}
          hint={t('inviteHint')}
          run={done(may.invite, t('invited', { name }), 'speaker', 'toAudience')}
        />
      )}
      {may.mute && (
        <Row icon={<MicOff />} label={t('mute')} hint={t('muteHint', { name })} run={done(may.mute)} />
      )}
      {may.toAudience && (
        <Row
          icon={<MoveDown />}
          label={t('toAudience')}
          hint={t('toAudienceHint')}
          run={done(may.toAudience, t('moved', { name }), 'listener', 'invite')}
        />
      )}
      {may.lowerHand && (
        <Row
          icon={<Hand />}
          label={t('lowerHand')}
          hint={t('lowerHandHint', { name })}
          run={done(may.lowerHand)}
        />
      )}
      {may.makeAdmin && (
        <Row
          icon={<ShieldPlus />}
          label={t('makeAdmin')}
          hint={t('makeAdminHint')}
          run={done(may.makeAdmin)}
        />
      )}
      {may.unmakeAdmin && (
        <Row
          icon={<ShieldMinus />}
          label={t('unmakeAdmin')}
          hint={t('unmakeAdminHint')}
          run={done(may.unmakeAdmin)}
        />
      )}
      {may.remove && (
        <Row
          danger
          icon={<UserMinus />}
          label={t('remove')}
          hint={t('removeHint')}
          run={done(may.remove, t('removed', { name }))}
        />
      )}
      {may.ban && <Row danger icon={<Ban />} label={t('ban')} hint={t('banHint')} run={onBan} />}
      {may.liftBan && (
        <Row icon={<Undo2 />} label={t('liftBan')} hint={t('liftBanHint')} run={done(may.liftBan)} />
      )}
    </section>
  );
}

function Row({
  icon,
  label,
  hint,
  run,
  danger = false,
}: {
  icon: ReactNode;
  label: string;
  hint: string;
  run: () => void | Promise<void>;
  danger?: boolean;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-description={hint}
      className={classes(
        'flex min-h-14 w-full items-center gap-4 rounded-md px-3 py-2 text-start hover:bg-raised',
        '[&_svg]:size-5 [&_svg]:shrink-0',
        danger && 'text-danger',
      )}
      onClick={() => void run()}
    >
      {icon}
      <span aria-hidden className="min-w-0">
        <span className="block text-sm leading-5 font-semibold">{label}</span>
        <span className="block text-xs leading-4.5 text-muted">{hint}</span>
      </span>
    </button>
  );
}
