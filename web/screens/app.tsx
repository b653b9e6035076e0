import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { Announcer } from '../ui/announcer.tsx';
import { Toaster } from '../ui/toast.tsx';
import { ErrorBoundary } from './broke.tsx';
import { lazyScreen } from './lazy-screen.ts';
import { Lobby } from './lobby/lobby.tsx';
import { loadAccounts, loadNostr } from './services.ts';
import { useArrival } from './shell/use-arrival.ts';
import { Waiting } from './shell/waiting.tsx';
import { SignInHost } from './sign-in/sign-in-host.tsx';

const Create = lazyScreen(async () => (await import('./create/create.tsx')).Create, 'create', 'errors');
const Settings = lazyScreen(
  async () => (await import('./settings/settings.tsx')).Settings,
  'settings',
  'signin',
);
const NotFound = lazyScreen(async () => (await import('./not-found.tsx')).NotFound);
const Profile = lazyScreen(async () => (await import('./profile/profile.tsx')).Profile);
const ByName = lazyScreen(async () => (await import('./profile/by-name.tsx')).ByName);
const Nest = lazyScreen(
  async () => (await import('./nest/index.tsx')).default,
  'nest',
  'errors',
  'diagnostics',
);
const Diagnostics = lazyScreen(
  async () => (await import('./diagnostics/index.tsx')).default,
  'diagnostics',
  'errors',
);

/** The whole app: its screens by address, and what lies above all of them. */
export function App() {
  const { t } = useTranslation();
  const [path] = useLocation();
  useArrival();
  useNostrAfterPaint();
  return (
    <>
      <a
        href="#main"
        onClick={(event) => {
          // The fragment of a nest's address names its host and must stay.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
        className="sr-only z-50 rounded-full bg-surface px-5 py-3 font-semibold focus:not-sr-only focus:fixed focus:start-4 focus:top-2"
      >
        {t('common:skip')}
      </a>
      {/* Before the screen, as it lies at its top: whoever comes from the content finds "Undo" without walking through all of it. */}
      <Toaster />
      <ErrorBoundary at={path}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/" component={Lobby} />
            <Route path="/nest/:link">{({ link }) => <Nest link={link} />}</Route>
            <Route path="/n/:name">{({ name }) => <ByName name={name} />}</Route>
            <Route path="/create" component={Create} />
            <Route path="/settings" component={Settings} />
            <Route path="/diagnostics" component={Diagnostics} />
            <Route path="/p/:npub">{({ npub }) => <Profile npub={npub} />}</Route>
            {/* Old links of deployed clients: the naddr right after the slash. */}
            <Route path={/^\/(?<naddr>naddr1[02-9ac-hj-np-z]+)\/?$/}>
              {({ naddr }) => <Redirect to={`/nest/${naddr ?? ''}`} replace />}
            </Route>
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </ErrorBoundary>
      <SignInHost />
      <Announcer />
    </>
  );
}

/** Fetches the Nostr part once the browser has painted and is idle: names may come a moment later than the lobby. */
function useNostrAfterPaint(): void {
  useEffect(() => {
    const missing = (failure: unknown) => console.warn('A part of Nests could not be loaded:', failure);
    loadAccounts().catch(missing);
    const load = () => void loadNostr().catch(missing);
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(load, 200);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(load, { timeout: 1_000 });
    return () => cancelIdleCallback(idle);
  }, []);
}
