import { useStore } from '@nanostores/react';
import type { ChatMessage } from '@nests/protocol/chat';
import { ArrowDown, CloudOff, MessageCircle } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNest } from '../screen-ports.ts';
import { messageTime } from '../parts/time-text.ts';
import { useName } from '../use-name.ts';
import { useNow } from '../../use-now.ts';
import { Composer } from './composer.tsx';
import type { ChatField } from './field.ts';
import { Message } from './message.tsx';
import { useEnd } from './use-end.ts';
import { timeline, type TimelineLine } from './timeline.ts';
import type { Chat } from './use-chat.ts';
import { useLocale } from '../use-locale.ts';

/** How many messages are drawn at first, and more with each click on "earlier". */
const PAGE = 120;

/** What a ChatPanel takes. */
export interface ChatPanelProps {
  chat: Chat;
  field: ChatField;
}

/** The chat with its field: messages, what happened between them, and why there may be none. */
export function ChatPanel({ chat, field }: ChatPanelProps) {
  const { session, relayStates } = useNest();
  const role = useStore(session.$role);
  const states = Object.values(useStore(relayStates));
  const disconnected = states.length > 0 && states.every((state) => state === 'failed');
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {disconnected && <Disconnected />}
      <Log chat={chat} canWrite={role !== 'guest'} field={field} />
      <Composer $draft={chat.$draft} field={field} />
    </div>
  );
}

function Disconnected() {
  const { t } = useTranslation('later');
  return (
    <div className="mx-4 mt-2 flex gap-3 rounded-md bg-raised px-3 py-2.5">
      <CloudOff aria-hidden className="mt-0.5 size-4.5 shrink-0 text-danger" />
      <p className="text-xs leading-4.5">
        <span className="block font-semibold">{t('chatPanel.disconnected')}</span>
        <span className="block text-muted">{t('chatPanel.disconnectedText')}</span>
      </p>
    </div>
  );
}

/** Who opened the nest and when, as a line. */
function useOpened(): TimelineLine | null {
  const { session } = useNest();
  const host = useStore(session.$address)?.host ?? null;
  const starts = useStore(session.$nestEvent)?.starts;
  const now = useNow(60_000);
  return useMemo(
    () =>
      host === null || starts === undefined || starts * 1000 > now
        ? null
        : { id: 'opened', at: starts * 1000, what: 'opened', pubkey: host },
    [host, starts, now],
  );
}

function Line({ line, today }: { line: TimelineLine; today: number }) {
  const { t } = useTranslation('later');
  const locale = useLocale();
  const name = useName(line.pubkey);
  return (
    <li className="pt-4 pb-1 text-center text-xs text-muted">
      {line.what === 'opened'
        ? t('chatPanel.opened', { name, time: messageTime(line.at, today, locale) })
        : t('chatPanel.raised', { name })}
    </li>
  );
}

function Log({ chat, canWrite, field }: ChatPanelProps & { canWrite: boolean }) {
  const { t } = useTranslation('later');
  const today = useNow(60_000);
  const [shown, setShown] = useState(PAGE);
  const messages = useDeferredValue(chat.messages);
  const opened = useOpened();
  const recent = useMemo(() => messages.slice(-shown), [messages, shown]);
  const entries = useMemo(
    () => timeline(recent, opened ? [opened, ...chat.lines] : chat.lines),
    [recent, opened, chat.lines],
  );
  const authors = useMemo(() => new Map(messages.map(({ id, pubkey }) => [id, pubkey])), [messages]);
  const log = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const { toEnd, onScroll, below } = useEnd(log, list, messages.length);
  const onReply = (message: ChatMessage) => {
    chat.$draft.set({ ...chat.$draft.get(), replyTo: message });
    field.focus();
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={log}
        // Scrollable by keyboard.
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('chatPanel.log')}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain px-4 pb-3"
        onScroll={onScroll}
      >
        {messages.length === 0 && <Quiet canWrite={canWrite} />}
        {messages.length > shown && (
          <button
            type="button"
            className="mx-auto min-h-11 px-4 text-xs font-semibold text-straw-text"
            onClick={() => setShown(shown + PAGE)}
          >
            {t('chatPanel.earlier')}
          </button>
        )}
        <ol ref={list} className="mt-auto">
          {entries.map((entry) =>
            entry.type === 'line' ? (
              <Line key={entry.id} line={entry} today={today} />
            ) : (
              <Message
                key={entry.id}
                message={entry.message}
                first={entry.first}
                answered={authors.get(entry.message.replyTo ?? '') ?? null}
                today={today}
                onReply={canWrite ? onReply : null}
              />
            ),
          )}
        </ol>
      </div>
      {below > 0 && (
        <button
          type="button"
          className="enter-rise absolute start-1/2 bottom-3 flex min-h-11 -translate-x-1/2 items-center gap-2 rounded-full bg-straw px-4 text-xs font-semibold whitespace-nowrap text-on-straw shadow-lift rtl:translate-x-1/2"
          onClick={toEnd}
        >
          <ArrowDown aria-hidden className="size-4" />
          {t('chatPanel.newBelow', { count: below })}
        </button>
      )}
    </div>
  );
}

function Quiet({ canWrite }: { canWrite: boolean }): ReactNode {
  const { t } = useTranslation('later');
  return (
    <div className="my-auto flex flex-col items-center gap-1 px-6 py-8 text-center">
      <MessageCircle aria-hidden className="mb-2 size-8 text-straw-text" strokeWidth={1.25} />
      <p className="font-title text-lg font-semibold">{t('chatPanel.empty')}</p>
      <p className="text-sm text-muted">{canWrite ? t('chatPanel.emptyText') : t('chatPanel.emptyGuest')}</p>
    </div>
  );
}
