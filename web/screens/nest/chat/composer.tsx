import { useStore } from '@nanostores/react';
import { isSendable } from '@nests/protocol/chat';
import { SendHorizontal, X } from 'lucide-react';
import type { WritableAtom } from 'nanostores';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { useNest } from '../screen-ports.ts';
import type { Draft } from './draft.ts';
import type { ChatField } from './field.ts';
import { useName } from '../use-name.ts';

/** What a Composer takes. */
export interface ComposerProps {
  $draft: WritableAtom<Draft>;
  field: ChatField;
}

/** The field to write in; guests see how they could. */
export function Composer({ $draft, field }: ComposerProps) {
  const { session } = useNest();
  const send = useStore(session.$send);
  const role = useStore(session.$role);
  return (
    <div className="border-t border-line px-4 pt-3 pb-[max(12px,env(safe-area-inset-bottom))]">
      {role === 'guest' ? <GuestPrompt /> : <Writing $draft={$draft} field={field} send={send} />}
    </div>
  );
}

/** Guests read along. Somebody who is signed in and was let in as a guest need not be asked to sign in. */
function GuestPrompt() {
  const { t } = useTranslation();
  const { signIn, $me } = useNest();
  const signedIn = useStore($me) !== null;
  return (
    <div className="flex min-h-12 items-center gap-3">
      <p className="min-w-0 flex-1 text-sm">
        {!signedIn && <span className="block font-semibold">{t('later:chatPanel.guest')}</span>}
        <span className="block text-xs text-muted">{t('later:chatPanel.guestText')}</span>
      </p>
      {!signedIn && <Button onClick={signIn}>{t('common:signIn')}</Button>}
    </div>
  );
}

function Writing({
  $draft,
  field,
  send,
}: ComposerProps & {
  send: ((text: string, replyTo?: { id: string; pubkey: string }) => Promise<boolean>) | null;
}) {
  const { t } = useTranslation('later');
  const draft = useStore($draft);
  const { attach, focus } = field;
  const [state, setState] = useState<'idle' | 'sending' | 'failed'>('idle');
  const failure = useId();
  const tooLong = draft.text.trim() !== '' && !isSendable(draft.text);
  const submit = async () => {
    if (!send || state === 'sending' || !isSendable(draft.text)) return;
    setState('sending');
    const { id, pubkey } = draft.replyTo ?? {};
    const sent = await send(
      draft.text,
      id !== undefined && pubkey !== undefined ? { id, pubkey } : undefined,
    );
    if (sent) $draft.set({ text: '', replyTo: null });
    setState(sent ? 'idle' : 'failed');
    focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {draft.replyTo && (
        <ReplyingTo pubkey={draft.replyTo.pubkey} onCancel={() => $draft.set({ ...draft, replyTo: null })} />
      )}
      <div className="flex items-end gap-2">
        <textarea
          ref={attach}
          aria-label={t('chatPanel.message')}
          placeholder={t('chatPanel.message')}
          rows={1}
          dir="auto"
          enterKeyHint="send"
          value={draft.text}
          readOnly={state === 'sending'}
          aria-invalid={tooLong || undefined}
          aria-describedby={tooLong || state === 'failed' ? failure : undefined}
          className={classes(
            'field-sizing-content max-h-36 min-h-12 min-w-0 flex-1 resize-none rounded-[24px] border border-edge bg-ground px-4 py-[11px] text-base leading-6',
            'hover:border-muted aria-invalid:border-danger',
          )}
          onChange={(event) => {
            $draft.set({ ...draft, text: event.currentTarget.value });
            if (state === 'failed') setState('idle');
          }}
          onKeyDown={onKeyDown}
        />
        <IconButton
          type="submit"
          size={48}
          look={draft.text.trim() === '' ? 'filled' : 'main'}
          label={t('chatPanel.send')}
          icon={<SendHorizontal className="rtl:-scale-x-100" />}
          aria-busy={state === 'sending' || undefined}
          disabled={!send || state === 'sending' || !isSendable(draft.text)}
        />
      </div>
      {(tooLong || state === 'failed') && (
        <p id={failure} className="pt-1 text-xs text-danger">
          {tooLong ? t('chatPanel.tooLong') : t('chatPanel.notSent')}
        </p>
      )}
    </form>
  );
}

function ReplyingTo({ pubkey, onCancel }: { pubkey: string; onCancel: () => void }) {
  const { t } = useTranslation('later');
  const name = useName(pubkey);
  return (
    <div className="-mt-2 flex items-center gap-2">
      <p dir="auto" className="min-w-0 flex-1 truncate border-s-2 border-straw ps-2 text-xs text-muted">
        {t('chatPanel.replyingTo', { name })}
      </p>
      <IconButton label={t('chatPanel.cancelReply')} icon={<X />} onClick={onCancel} />
    </div>
  );
}
