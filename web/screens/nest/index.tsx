import { useStore } from '@nanostores/react';
import { computed } from 'nanostores';
import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { NestSession } from '../../nest/session-types.ts';
import { $account } from '../../nostr/index.ts';
import { settings } from '../../settings.ts';
import { NotFound } from '../not-found.tsx';
import { $nostr, type Nostr } from '../services.ts';
import { askToSignIn } from '../sign-in/ask.ts';
import { readAddress } from './nest-link.ts';
import { NestView } from './nest-view.tsx';
import { openSession, startDiagnostics } from './open-session.ts';
import { ScreenProvider, type ScreenPorts } from './screen-ports.ts';
import { SessionKeeper } from './session-keeper.ts';

const $me = computed($account, (account) => account?.pubkey ?? null);

/** What the nest's screen takes. */
export interface NestScreenProps {
  /** What stands after `/nest/`: a room id or an naddr. */
  link: string;
}

/** The nest's screen on the real session; the address bar follows the nest. */
export default function NestScreen({ link }: NestScreenProps) {
  const account = useStore($account);
  const nostr = useStore($nostr);
  const [keeper] = useState(() => new SessionKeeper(openSession));
  const session = useStore(keeper.$session);
  const failure = useStore(keeper.$failure);
  const known = readAddress(link, location.hash) !== null;
  useEffect(() => {
    const options = readAddress(link, location.hash);
    if (options) void keeper.show(options, account);
  }, [keeper, link, account]);
  useEffect(() => () => keeper.close(), [keeper]);
  if (!known) return <NotFound />;
  // The code for relays could not be loaded: the page around says so and offers a reload.
  if (failure) throw failure;
  if (!session || !nostr) return <main aria-busy className="min-h-dvh" />;
  return <Ready session={session} nostr={nostr} />;
}

function Ready({ session, nostr }: { session: NestSession; nostr: Nostr }) {
  const [, navigate] = useLocation();
  const { gateway } = nostr;
  const ports = useMemo<ScreenPorts>(
    () => ({
      session,
      profile: (pubkey) => gateway.profile(pubkey),
      chat: (address) => gateway.chat(address),
      reactions: (address) => gateway.reactions(address),
      relayStates: gateway.relayStates,
      $me,
      signIn: () => void askToSignIn(),
      diagnose: (roomId) =>
        startDiagnostics({
          roomId,
          eventService: session.$nestEvent.get()?.service,
          host: session.$address.get()?.host,
        }),
      goHome: () => navigate('/'),
      publicUrl: settings().publicUrl,
    }),
    [session, gateway, navigate],
  );
  return (
    <ScreenProvider value={ports}>
      <NestView />
    </ScreenProvider>
  );
}
