import { atom } from 'nanostores';
import { NestView } from '../screens/nest/nest-view.tsx';
import { ScreenProvider, type ScreenPorts } from '../screens/nest/screen-ports.ts';
import { PROFILES, keyOf } from './cast.ts';
import { DIAGNOSTICS_NAMES } from './diagnostics-names.ts';
import { DiagnosticsState } from './diagnostics-states.tsx';
import { fakeDiagnostics } from './fake-diagnostics.ts';
import { fakeSession } from './fake-session.ts';
import { CHAT, STATES, type GalleryState } from './states.ts';

const nothing = () => undefined;

function portsFor(state: GalleryState): ScreenPorts {
  const profiles = new Map([...PROFILES].map(([key, profile]) => [key, atom(profile)]));
  const $nobody = atom(undefined);
  const $chat = atom(state.chat ?? CHAT);
  const $reactions = atom(
    (state.reactions ?? []).map(({ name, emoji }, index) => ({
      id: String(index),
      pubkey: keyOf(name),
      emoji,
      createdAt: Date.now() / 1000,
    })),
  );
  return {
    session: fakeSession(state.session, state.audio),
    profile: (pubkey) => profiles.get(pubkey) ?? $nobody,
    chat: () => $chat,
    reactions: () => $reactions,
    relayStates: atom(state.relays ?? { 'wss://relay.example': 'open' as const }),
    $me: atom(state.signedOut ? null : keyOf('Yuki')),
    signIn: nothing,
    diagnose: () => Promise.resolve(fakeDiagnostics('token_trouble')),
    goHome: nothing,
    publicUrl: 'https://nests.example',
  };
}

function Index() {
  return (
    <main id="main" className="measure columns-xs py-8">
      {[...Object.keys(STATES), ...DIAGNOSTICS_NAMES].map((name) => (
        <p key={name}>
          <a className="inline-flex min-h-11 items-center underline" href={`?state=${name}`}>
            {name}
          </a>
        </p>
      ))}
    </main>
  );
}

/** The state with this name, or the list of all states. */
export function Gallery({ name }: { name: string }) {
  const state = STATES[name];
  if (state) {
    return (
      <ScreenProvider value={portsFor(state)}>
        <NestView startLayer={state.layer ?? null} />
      </ScreenProvider>
    );
  }
  return DIAGNOSTICS_NAMES.includes(name) ? <DiagnosticsState name={name} /> : <Index />;
}
