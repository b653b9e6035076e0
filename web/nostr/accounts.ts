import {
  eventId,
  isHex64,
  parseEvent,
  type EventTemplate,
  type NostrEvent,
  type SignEvent,
} from '@nests/protocol/event';
import { atom, type ReadableAtom } from 'nanostores';
import type { Keys } from './keys.ts';
import type { KeyValues, LastingValues } from './storage.ts';

/** Whoever is signed in. `local` keys rest here encrypted, `visit` keys end with the tab. */
export interface Account {
  pubkey: string;
  kind: 'local' | 'extension' | 'visit';
  /** The name given when the key was made here. */
  name?: string;
  /** Signs one event at a time, in order. Rejects with a {@link SignInError}. */
  sign: SignEvent;
}

/** A key that rests here, encrypted, and waits for its password. */
export interface LockedKey {
  pubkey: string;
  name?: string;
}

/**
 * Why somebody could not sign in, or sign. `no_extension`: none answers in this browser. `refused`: the person or the
 * extension said no. `other_key`: the extension holds another key than the one signed in. `wrong_password`,
 * `not_a_key`: as they say. `nothing_locked`: this key does not wait for a password. `not_kept`: the browser's storage took nothing.
 */
export type SignInFailure =
  'no_extension' | 'refused' | 'other_key' | 'wrong_password' | 'not_a_key' | 'nothing_locked' | 'not_kept';

/** What signing in and signing reject with. */
export class SignInError extends Error {
  readonly code: SignInFailure;

  constructor(code: SignInFailure, cause?: unknown) {
    super(code, { cause });
    this.name = 'SignInError';
    this.code = code;
  }
}

/** What a browser extension offers (NIP-07), as far as it is used here. */
export interface Nip07 {
  getPublicKey(): Promise<string>;
  signEvent(event: EventTemplate): Promise<unknown>;
}

/** What accounts stand on. */
export interface AccountParts {
  /** Lives in this browser: encrypted keys, and who is signed in. */
  browser: LastingValues;
  /** Lives as long as the tab: keys for this visit only. */
  tab: KeyValues;
  /** The extension, once it is there; undefined after a while of waiting. */
  extension: () => Promise<Nip07 | undefined>;
  /** The code that makes, encrypts and uses keys; large, so it comes when it is needed. */
  loadKeys: () => Promise<Keys>;
}

type Current = { kind: 'extension'; pubkey: string } | { kind: 'local'; pubkey: string };

const CURRENT = 'nests.account';
const KEY_PREFIX = 'nests.key.';
const VISIT = 'nests.visit';

/** Who is signed in, and every way to get there. Encrypted keys are never deleted by signing in or out. */
export class Accounts {
  private readonly account = atom<Account | null>(null);
  private readonly locked = atom<readonly LockedKey[]>([]);
  private readonly parts: AccountParts;

  /** Whoever is signed in. */
  readonly $account: ReadableAtom<Account | null> = this.account;
  /** The keys that rest here and wait for {@link unlock}, the one used last first; none while somebody is signed in. */
  readonly $locked: ReadableAtom<readonly LockedKey[]> = this.locked;

  constructor(parts: AccountParts) {
    this.parts = parts;
    this.resume();
  }

  private resume(): void {
    const visit = readRecord(this.parts.tab.get(VISIT));
    if (isHex64(visit['pubkey']) && isHex64(visit['secret'])) {
      this.enter('visit', visit['pubkey'], visit['secret'], visit['name']);
      return;
    }
    const { kind, pubkey } = readRecord(this.parts.browser.get(CURRENT));
    if (kind === 'extension' && isHex64(pubkey)) this.enterExtension(pubkey);
    else this.lock();
  }

  /** Signs in with the browser's extension. The person may take as long as they like to answer it. */
  async signInWithExtension(): Promise<Account> {
    const extension = await this.parts.extension();
    if (extension === undefined) throw new SignInError('no_extension');
    const pubkey = await extension.getPublicKey().catch((cause: unknown) => {
      throw new SignInError('refused', cause);
    });
    if (!isHex64(pubkey)) throw new SignInError('refused');
    this.remember({ kind: 'extension', pubkey });
    return this.enterExtension(pubkey);
  }

  /** Makes a new key and signs in with it: kept here under the password, or without one for this visit only. */
  async createKey(input: { name?: string; password?: string }): Promise<Account> {
    const keys = await this.parts.loadKeys();
    return this.keep(keys.makeSecret(), input);
  }

  /**
   * Signs in with an existing key. An `ncryptsec` needs its own password and stays encrypted under it; an `nsec` is
   * kept under the password given, or without one for this visit only.
   */
  async importKey(input: { secret: string; name?: string; password?: string }): Promise<Account> {
    const keys = await this.parts.loadKeys();
    const text = input.secret.trim();
    if (text.startsWith('ncryptsec1')) {
      const secret = await decrypt(keys, text, input.password ?? '');
      return this.keepEncrypted(keys, secret, text, input.name);
    }
    const secret = keys.readSecret(text);
    if (secret === null) throw new SignInError('not_a_key');
    return this.keep(secret, input);
  }

  /** Decrypts a key that waits ({@link $locked}) and signs in with it. */
  async unlock(pubkey: string, password: string): Promise<Account> {
    const { ncryptsec, name } = this.readKey(pubkey);
    if (ncryptsec === undefined) throw new SignInError('nothing_locked');
    const secret = await decrypt(await this.parts.loadKeys(), ncryptsec, password);
    this.remember({ kind: 'local', pubkey });
    return this.enter('local', pubkey, secret, name);
  }

  /** Signs out. Keys that rest here encrypted stay, and wait for their passwords. */
  signOut(): void {
    const account = this.account.get();
    this.account.set(null);
    this.parts.tab.remove(VISIT);
    if (account?.kind === 'extension') this.parts.browser.remove(CURRENT);
    this.lock();
  }

  /** Forgets a key that waits, for good: without a backup it is lost. */
  forgetLocked(pubkey: string): void {
    this.parts.browser.remove(KEY_PREFIX + pubkey);
    this.lock();
  }

  /** The signed-in key to write down: encrypted (`ncryptsec`) where it rests here, bare (`nsec`) for a visit; else null. */
  async backup(): Promise<string | null> {
    const account = this.account.get();
    if (account?.kind === 'local') return this.readKey(account.pubkey)['ncryptsec'] ?? null;
    const { secret } = readRecord(this.parts.tab.get(VISIT));
    if (account?.kind !== 'visit' || secret === undefined) return null;
    return (await this.parts.loadKeys()).writeSecret(secret);
  }

  private async keep(
    secret: string,
    { name, password }: { name?: string; password?: string },
  ): Promise<Account> {
    const keys = await this.parts.loadKeys();
    if (password === undefined || password === '') {
      const pubkey = keys.publicKey(secret);
      this.parts.tab.set(VISIT, JSON.stringify({ pubkey, secret, name }));
      return this.enter('visit', pubkey, secret, name);
    }
    return this.keepEncrypted(keys, secret, await keys.encrypt(secret, password), name);
  }

  private keepEncrypted(keys: Keys, secret: string, ncryptsec: string, name: string | undefined): Account {
    const pubkey = keys.publicKey(secret);
    const kept = this.parts.browser.keep(KEY_PREFIX + pubkey, JSON.stringify({ ncryptsec, name }));
    if (!kept) throw new SignInError('not_kept');
    this.remember({ kind: 'local', pubkey });
    this.parts.tab.remove(VISIT);
    return this.enter('local', pubkey, secret, name);
  }

  private remember(current: Current): void {
    this.parts.browser.set(CURRENT, JSON.stringify(current));
  }

  private readKey(pubkey: string): Partial<Record<string, string>> {
    return readRecord(this.parts.browser.get(KEY_PREFIX + pubkey));
  }

  /** Every key that rests here waits, whoever was signed in last: none may become unreachable. */
  private lock(): void {
    const { pubkey: last } = readRecord(this.parts.browser.get(CURRENT));
    const waiting = this.parts.browser.names().flatMap((key) => {
      if (!key.startsWith(KEY_PREFIX)) return [];
      const pubkey = key.slice(KEY_PREFIX.length);
      const { ncryptsec, name } = this.readKey(pubkey);
      return ncryptsec === undefined ? [] : [{ pubkey, ...(name === undefined ? {} : { name }) }];
    });
    const isLast = ({ pubkey }: LockedKey) => Number(pubkey === last);
    this.locked.set(waiting.toSorted((one, other) => isLast(other) - isLast(one)));
  }

  private enter(kind: 'local' | 'visit', pubkey: string, secret: string, name: string | undefined): Account {
    const sign: SignEvent = async (template) => (await this.parts.loadKeys()).sign(template, secret);
    return this.set({ pubkey, kind, sign, ...(name === undefined ? {} : { name }) });
  }

  private enterExtension(pubkey: string): Account {
    const sign: SignEvent = async (template) =>
      signByExtension(await this.parts.extension(), template, pubkey);
    return this.set({ pubkey, kind: 'extension', sign });
  }

  private set(account: Account): Account {
    const inOrder = { ...account, sign: oneAtATime(account.sign) };
    this.locked.set([]);
    this.account.set(inOrder);
    return inOrder;
  }
}

/** Extensions that are asked twice at once lose one of the questions, or open two windows. */
function oneAtATime(sign: SignEvent): SignEvent {
  let last: Promise<unknown> = Promise.resolve();
  return (template) => {
    const signed = last.then(() => sign(template));
    last = signed.catch(() => undefined);
    return signed;
  };
}

/** What comes back must be what was asked for: some extensions change the key, or the event. */
async function signByExtension(
  extension: Nip07 | undefined,
  template: EventTemplate,
  pubkey: string,
): Promise<NostrEvent> {
  if (extension === undefined) throw new SignInError('no_extension');
  const signed = await extension.signEvent({ ...template }).catch((cause: unknown) => {
    throw new SignInError('refused', cause);
  });
  const event = parseEvent(signed);
  if (event === null) throw new SignInError('refused');
  if (event.pubkey !== pubkey) throw new SignInError('other_key');
  if (event.id !== eventId({ ...template, pubkey })) throw new SignInError('refused');
  return event;
}

async function decrypt(keys: Keys, ncryptsec: string, password: string): Promise<string> {
  const secret = await keys.decrypt(ncryptsec, password);
  if (secret === null) throw new SignInError('wrong_password');
  return secret;
}

/** The texts of a stored JSON object; empty for anything else. */
function readRecord(json: string | null): Partial<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'));
  } catch {
    return {};
  }
}
