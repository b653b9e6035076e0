import type * as AddressModule from '@nests/protocol/address';
import { atom, type ReadableAtom } from 'nanostores';
import type { Account, NostrGateway } from '../nostr/index.ts';

/** What comes after the first paint: relays and events, and the written names of keys and nests (bech32). */
export interface Nostr extends Pick<typeof AddressModule, 'encodeNaddr' | 'encodeNpub' | 'decodeNpub'> {
  gateway: NostrGateway;
}

const $loaded = atom<Nostr | null>(null);
const $account = atom<Account | null | undefined>(undefined);

/** The Nostr part of the app; null until its code is here. */
export const $nostr: ReadableAtom<Nostr | null> = $loaded;

/** Whoever is signed in; undefined until the code that knows is here. Screens that come on demand ask web/nostr. */
export const $me: ReadableAtom<Account | null | undefined> = $account;

/** Fetches the code that knows who is signed in. Rejects when it cannot be had (offline). */
export async function loadAccounts(): Promise<void> {
  const accounts = await import('../nostr/index.ts');
  if ($account.get() === undefined) accounts.$account.subscribe((account) => $account.set(account));
}

/** Fetches the Nostr part, once. Rejects when its code cannot be had (offline); the next call tries again. */
export async function loadNostr(): Promise<Nostr> {
  const [{ loadNostr: loadGateway }, names] = await Promise.all([
    import('../nostr/index.ts'),
    import('@nests/protocol/address'),
  ]);
  const gateway = await loadGateway();
  const loaded = $loaded.get() ?? { ...names, gateway };
  $loaded.set(loaded);
  return loaded;
}
