import { useStore } from '@nanostores/react';
import type { ChatMessage } from '@nests/protocol/chat';
import { atom, type ReadableAtom, type WritableAtom } from 'nanostores';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../../../ui/announcer.tsx';
import type { RaisedHand } from '../../../nest/session-types.ts';
import { useNest, type ScreenPorts } from '../screen-ports.ts';
import { personName } from '../parts/names.ts';
import { whenNamed } from '../parts/when-named.ts';
import type { Draft } from './draft.ts';
import { unreadSince, type TimelineLine } from './timeline.ts';

const $none: ReadableAtom<readonly ChatMessage[]> = atom([]);
/** Messages within this time are announced together. */
const GATHER_MS = 2_000;
/** More messages than this become a number. */
const READ_OUT = 2;

/** The chat of a nest, whether it is in sight or not. */
export interface Chat {
  messages: readonly ChatMessage[];
  /** What happened in the nest while we are in: raised hands. */
  lines: readonly TimelineLine[];
  unread: number;
  $draft: WritableAtom<Draft>;
  /** Remember a raised hand. */
  tellHand: (hand: RaisedHand) => void;
  /** The chat was in sight until now. */
  markSeen: () => void;
}

/** Follows the messages: counts what is unread, announces what is new. */
export function useChat(visible: boolean): Chat {
  const { session, chat, profile, $me } = useNest();
  const address = useStore(session.$address);
  const $messages = useMemo(() => (address ? chat(address) : $none), [chat, address]);
  const messages = useStore($messages);
  const me = useStore($me);
  const [seen, setSeen] = useState(() => Date.now());
  const [lines, setLines] = useState<readonly TimelineLine[]>([]);
  const [$draft] = useState(() => atom<Draft>({ text: '', replyTo: null }));
  useMessageAnnouncements($messages, profile, me);
  const tellHand = useCallback(({ pubkey, since }: RaisedHand) => {
    const line: TimelineLine = { id: `${pubkey}-${since}`, at: Date.now(), what: 'raised', pubkey };
    setLines((all) => [...all, line].slice(-50));
  }, []);
  return {
    messages,
    lines,
    unread: visible ? 0 : unreadSince(messages, seen, me),
    $draft,
    tellHand,
    markSeen: () => setSeen(Date.now()),
  };
}

function useMessageAnnouncements(
  $messages: ReadableAtom<readonly ChatMessage[]>,
  profile: ScreenPorts['profile'],
  me: string | null,
): void {
  const { t } = useTranslation('nest');
  const since = useRef(0);
  useEffect(() => {
    since.current = Date.now() / 1000;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waiting = new Set<() => void>();
    const told = new Set($messages.get().map((message) => message.id));
    const say = () => {
      timer = undefined;
      const fresh = $messages.get().filter(({ id }) => !told.has(id));
      for (const { id } of fresh) told.add(id);
      const others = fresh.filter(
        ({ pubkey, createdAt }) => pubkey !== me && createdAt >= since.current - 30,
      );
      if (others.length > READ_OUT) announce(t('announce.messages', { count: others.length }));
      else
        for (const { pubkey, text } of others)
          waiting.add(
            whenNamed(profile(pubkey), (name) =>
              announce(t('announce.message', { name: personName(pubkey, name), text })),
            ),
          );
    };
    const stop = $messages.listen(() => {
      timer ??= setTimeout(say, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      for (const end of waiting) end();
    };
  }, [$messages, profile, me, t]);
}
