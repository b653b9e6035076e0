/**
 * The face of Nostr: who is signed in (light, may be imported anywhere), and relays and events, whose code comes with
 * {@link loadNostr} after the first paint.
 */
import { settings } from '../settings.ts';
import { Accounts, type Account, type Nip07 } from './accounts.ts';
import { browserValues, tabValues } from './storage.ts';
import type { NostrGateway } from './types.ts';

export { SignInError, type Account, type LockedKey } from './accounts.ts';
export type { NostrGateway, Profile, RelayState } from './types.ts';

declare global {
  interface Window {
    nostr?: Nip07;
  }
}

const EXTENSION_WAIT_MS = 2_000;
const EXTENSION_LOOK_MS = 100;

/** Extensions put themselves into the page when they are ready, which may be after our code. */
async function findExtension(): Promise<Nip07 | undefined> {
  for (let waited = 0; waited < EXTENSION_WAIT_MS && !window.nostr; waited += EXTENSION_LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, EXTENSION_LOOK_MS));
  }
  return window.nostr;
}

const accounts = new Accounts({
  browser: browserValues,
  tab: tabValues,
  extension: findExtension,
  loadKeys: async () => (await import('./keys.ts')).keys,
});

/** Whoever is signed in; a key that rests encrypted counts only once it is unlocked. */
export const $account = accounts.$account;
/** The encrypted keys that wait for their passwords, the one used last first. */
export const $locked = accounts.$locked;

/** Signs in with the browser's extension (NIP-07). */
export const signInWithExtension = (): Promise<Account> => accounts.signInWithExtension();
/** Decrypts a waiting key and signs in with it. */
export const unlock = (pubkey: string, password: string): Promise<Account> =>
  accounts.unlock(pubkey, password);
/** Signs out; an encrypted key stays here and waits for its password. */
export const signOut = (): void => accounts.signOut();
/** Forgets a waiting key for good. */
export const forgetLocked = (pubkey: string): void => accounts.forgetLocked(pubkey);
/** The signed-in key to write down, where it is held here. */
export const backup = (): Promise<string | null> => accounts.backup();

/**
 * Makes a new key and signs in with it: kept here under the password, or without one for this visit only. Its name is
 * told to the relays behind the scenes.
 */
export async function createKey(input: { name?: string; password?: string }): Promise<Account> {
  const account = await accounts.createKey(input);
  const name = input.name?.trim();
  if (name) {
    loadNostr()
      .then((nostr) => nostr.publishProfile({ name }, account.sign))
      .catch(() => undefined);
  }
  return account;
}

let loading: Promise<NostrGateway> | undefined;

/** Fetches the code for relays and events, once. Rejects when it cannot be had (offline); the next call tries again. */
export function loadNostr(): Promise<NostrGateway> {
  loading ??= openGateway().catch((failure: unknown) => {
    loading = undefined;
    throw failure;
  });
  return loading;
}

async function openGateway(): Promise<NostrGateway> {
  const { createGateway } = await import('./gateway.ts');
  const gateway = createGateway({ relays: settings().relays });
  // Timers sleep while a phone does: look at once when the page or the network is back.
  window.addEventListener('online', () => gateway.retry());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') gateway.retry();
  });
  return gateway;
}
