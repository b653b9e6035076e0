import { useStore } from '@nanostores/react';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { makeChatField } from '../chat/field.ts';
import { useChat } from '../chat/use-chat.ts';
import { useNest } from '../screen-ports.ts';
import { useMedia, WIDE } from '../use-media.ts';
import { Audience } from './audience.tsx';
import { Bar } from './bar.tsx';
import { Header } from './header.tsx';
import { ChatPanel, ChatSheet, fetchLayersSoon, Hands, TopLayer } from './later.ts';
import { LayerProvider, type Layer } from './layers.ts';
import { Notices } from './notices.tsx';
import { Stage } from './stage.tsx';
import { useAnnouncements } from './use-announcements.ts';
import { useReactions } from './use-reactions.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** What a Room takes; the defaults are what people see, the rest is for looking at states. */
export interface RoomProps {
  startLayer?: Layer | null;
}

/** Inside the nest. On wide screens the chat stands beside the stage, on phones it is a sheet. */
export function Room({ startLayer = null }: RoomProps) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const wide = useMedia(WIDE);
  const [layer, setLayer] = useState<Layer | null>(startLayer);
  const [sideShown, setSideShown] = useState(true);
  const chatShown = wide ? sideShown : layer?.kind === 'chat';
  const chat = useChat(chatShown);
  const [field] = useState(makeChatField);
  const reactions = useReactions();
  const invited = useStore(session.$invitation) !== null;
  useEffect(fetchLayersSoon, []);
  useAnnouncements(chat.tellHand);
  const close = () => {
    if (layer?.kind === 'chat') chat.markSeen();
    setLayer(null);
  };
  const toggleChat = () => {
    if (chatShown) {
      chat.markSeen();
      if (wide) setSideShown(false);
      else setLayer(null);
      return;
    }
    if (wide) setSideShown(true);
    else setLayer({ kind: 'chat' });
    // On a phone the focus would bring up the keyboard over what one wants to read.
    if (matchMedia('(pointer: fine)').matches) field.focus();
  };
  useShortcuts({
    talk: (down) => session.$holdToTalk.get()?.(down),
    microphone: () => void session.$toggleMicrophone.get()?.(),
    hand: () => void (session.$hand.get().actual ? session.$lowerHand : session.$raiseHand).get()?.(),
    chat: () => {
      if (wide && sideShown) field.focus();
      else toggleChat();
    },
    help: () => setLayer({ kind: 'help' }),
  });
  return (
    <LayerProvider value={setLayer}>
      <div data-nest-room className="flex h-dvh flex-col overflow-hidden">
        <Header />
        <div className="flex min-h-0 flex-1">
          <main id="main" tabIndex={-1} className="outline-none flex min-w-0 flex-1 flex-col">
            <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-4 pt-4 pb-6 sm:px-7">
              <Stage reactions={reactions} />
              {!(wide && sideShown) && (
                <Suspense>
                  <Hands />
                </Suspense>
              )}
              <Audience reactions={reactions} />
            </div>
            <Notices />
            <Bar unread={chat.unread} chatShown={chatShown} onChat={toggleChat} />
          </main>
          {wide && sideShown && (
            <aside className="flex w-[clamp(22rem,27vw,30rem)] shrink-0 flex-col border-s border-line bg-surface">
              <Suspense>
                <Hands className="border-b border-line px-4 pt-4 pb-2" />
              </Suspense>
              <h2 className="px-4 pt-4 pb-1 text-base">{t('chat')}</h2>
              <Suspense>
                <ChatPanel chat={chat} field={field} />
              </Suspense>
            </aside>
          )}
        </div>
      </div>
      <Suspense>
        {layer?.kind === 'chat' && !wide && <ChatSheet chat={chat} field={field} onClose={close} />}
      </Suspense>
      {/* Apart, or a chat in which somebody writes would be gone while the code of what lies over it is fetched. */}
      <Suspense>
        {(invited || (layer && layer.kind !== 'chat')) && <TopLayer layer={layer} onClose={close} />}
      </Suspense>
    </LayerProvider>
  );
}
