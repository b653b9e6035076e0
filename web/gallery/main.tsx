import { atom } from 'nanostores';
import { createRoot } from 'react-dom/client';
import { loadWords, startI18n } from '../i18n/index.ts';
import { ScreenProvider, type ScreenPorts } from '../screens/nest/screen-ports.ts';
import { NestView } from '../screens/nest/nest-view.tsx';
import { Announcer } from '../ui/announcer.tsx';
import { Toaster } from '../ui/toast.tsx';
import '../ui/theme.css';
import { PROFILES, keyOf } from './cast.ts';
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
    diagnose: () => fakeDiagnostics('token_trouble'),
    goHome: nothing,
    publicUrl: 'https://nests.example',
  };
}

function Index() {
  return (
    <main className="measure columns-xs py-8">
      {[...Object.keys(STATES), 'diagnostics-running', 'diagnostics-bad', 'diagnostics-good'].map((name) => (
        <p key={name}>
          <a className="inline-flex min-h-11 items-center underline" href={`?state=${name}`}>
            {name}
          </a>
        </p>
      ))}
    </main>
  );
}

const wanted = new URLSearchParams(location.search);
const theme = wanted.get('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
await startI18n();
await loadWords('nest', 'errors', 'diagnostics');

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const name = wanted.get('state') ?? '';
const state = STATES[name];
createRoot(root).render(
  <>
    {state ? (
      <ScreenProvider value={portsFor(state)}>
        <NestView startLayer={state.layer ?? null} />
      </ScreenProvider>
    ) : name.startsWith('diagnostics') ? (
      <DiagnosticsState name={name} />
    ) : (
      <Index />
    )}
    <Announcer />
    <Toaster />
  </>,
);
