import i18next, { type BackendModule, type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';
import common from './en/common.json';
import lobby from './en/lobby.json';
import type { Namespace } from './types.ts';

/** Every other file of the catalogues, each a chunk of its own. */
const files = import.meta.glob<ResourceKey>(['./*/*.json', '!./en/common.json', '!./en/lobby.json'], {
  import: 'default',
});

const loader: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`./${language}/${namespace}.json`];
    if (!load) {
      done(new Error(`no catalogue ${language}/${namespace}`), null);
      return;
    }
    load().then(
      (resource) => done(null, resource),
      (failure: unknown) => done(failure instanceof Error ? failure : new Error(String(failure)), null),
    );
  },
};

/** Starts the catalogue: what the lobby needs is here at once, the rest comes with its screen. */
export async function startI18n(): Promise<void> {
  await i18next
    .use(loader)
    .use(initReactI18next)
    .init({
      lng: 'en',
      fallbackLng: 'en',
      supportedLngs: ['en'],
      ns: ['common', 'lobby'],
      defaultNS: 'common',
      resources: { en: { common, lobby } },
      partialBundledLanguages: true,
      showSupportNotice: false, // the console belongs to the nest's own lines
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

/** Loads the words of a screen beside its code, so that neither waits for the other. */
export async function loadWords(...namespaces: Namespace[]): Promise<void> {
  await i18next.loadNamespaces(namespaces);
}
