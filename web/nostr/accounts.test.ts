import { eventId, type EventTemplate } from '@nests/protocol/event';
import { beforeEach, describe, expect, it } from 'vitest';
import { Accounts, SignInError, type AccountParts, type Nip07 } from './accounts.ts';
import type { Keys } from './keys.ts';
import { memoryStorage } from './storage-for-tests.ts';
import { keyValues, type KeyValues, type LastingValues } from './storage.ts';
import { somebody } from './testing.ts';

const template: EventTemplate = { kind: 1, created_at: 5, tags: [], content: 'hi' };

/** Keys without mathematics: the public key of a secret is its reverse, a password is written in front of it. */
const plainKeys: Keys = {
  makeSecret: () => '12'.repeat(32),
  publicKey: (secret) => Array.from(secret).reverse().join(''),
  readSecret: (text) => (text.startsWith('nsec1') ? text.slice(5) : null),
  writeSecret: (secret) => `nsec1${secret}`,
  sign: (event, secret) => {
    const pubkey = plainKeys.publicKey(secret);
    return { ...event, pubkey, id: eventId({ ...event, pubkey }), sig: '00'.repeat(64) };
  },
  encrypt: async (secret, password) => `ncryptsec1${password}:${secret}`,
  decrypt: async (ncryptsec, password) => {
    const [, expected, secret] = /^ncryptsec1(.*):(.*)$/.exec(ncryptsec) ?? [];
    return password === expected && secret !== undefined ? secret : null;
  },
};

let browser: LastingValues;
let tab: KeyValues;
let extension: Nip07 | undefined;

/** The page, loaded: what one page stored the next one finds. */
function page(change: Partial<AccountParts> = {}): Accounts {
  return new Accounts({
    browser,
    tab,
    extension: async () => extension,
    loadKeys: async () => plainKeys,
    ...change,
  });
}
/** Another tab has the browser's storage, but not the first one's. */
function anotherTab(): Accounts {
  return page({ tab: keyValues() });
}

/** What a browser with this much room keeps. */
function storing(room?: number): LastingValues {
  const storage = memoryStorage(room);
  return keyValues(() => storage);
}

beforeEach(() => {
  browser = storing();
  tab = keyValues();
  extension = undefined;
});

describe('a new key', () => {
  it('for this visit ends with the tab', async () => {
    const account = await page().createKey({ name: 'Anna' });
    expect(account).toMatchObject({ kind: 'visit', name: 'Anna' });
    const reloaded = page().$account.get();
    expect(reloaded?.pubkey).toBe(account.pubkey);
    expect((await reloaded!.sign(template)).pubkey).toBe(account.pubkey);
    expect(anotherTab().$account.get()).toBeNull();
    expect(anotherTab().$locked.get()).toEqual([]);
  });

  it('with a password rests encrypted and waits for it after a reload', async () => {
    const { pubkey } = await page().createKey({ name: 'Anna', password: 'correct' });
    const reloaded = page();
    expect(reloaded.$account.get()).toBeNull();
    expect(reloaded.$locked.get()).toEqual([{ pubkey, name: 'Anna' }]);

    await expect(reloaded.unlock(pubkey, 'wrong')).rejects.toMatchObject({ code: 'wrong_password' });
    expect(reloaded.$account.get()).toBeNull();
    const account = await reloaded.unlock(pubkey, 'correct');
    expect(account).toMatchObject({ kind: 'local', pubkey });
    expect((await account.sign(template)).pubkey).toBe(pubkey);
    expect(reloaded.$locked.get()).toEqual([]);
  });

  it('that the browser does not keep is not made, rather than lost at the next reload', async () => {
    browser = storing(20);
    const accounts = page();
    await expect(accounts.createKey({ password: 'correct' })).rejects.toMatchObject({ code: 'not_kept' });
    expect(accounts.$account.get()).toBeNull();
    expect(await accounts.createKey({})).toMatchObject({ kind: 'visit' });
  });

  it('with a password is nowhere to be found in the open', async () => {
    const stored: string[] = [];
    const spying = (store: LastingValues): LastingValues => ({
      ...store,
      set: (key, value) => {
        stored.push(value);
        store.set(key, value);
      },
      keep: (key, value) => {
        stored.push(value);
        return store.keep(key, value);
      },
    });
    const encrypt = async (): Promise<string> => 'ncryptsec1sealed';
    await page({
      browser: spying(browser),
      tab: spying(storing()),
      loadKeys: async () => ({ ...plainKeys, encrypt }),
    }).createKey({ password: 'correct' });
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.join()).not.toContain('12'.repeat(32));
    expect(stored.join()).not.toContain('correct');
  });

  it('can be written down: encrypted where it rests here, bare for a visit', async () => {
    const accounts = page();
    expect(await accounts.backup()).toBeNull();
    await accounts.createKey({ password: 'correct' });
    expect(await accounts.backup()).toMatch(/^ncryptsec1/);
    await accounts.createKey({});
    expect(await accounts.backup()).toBe(`nsec1${'12'.repeat(32)}`);
  });
});

describe('a key from elsewhere', () => {
  const secret = '34'.repeat(32);

  it('is taken for a visit, or under a password', async () => {
    expect(await page().importKey({ secret: ` nsec1${secret} ` })).toMatchObject({ kind: 'visit' });
    const account = await page().importKey({ secret: `nsec1${secret}`, password: 'x' });
    expect(account).toMatchObject({ kind: 'local', pubkey: plainKeys.publicKey(secret) });
  });

  it('that is encrypted stays so, under its own password', async () => {
    await expect(
      page().importKey({ secret: `ncryptsec1own:${secret}`, password: 'x' }),
    ).rejects.toMatchObject({
      code: 'wrong_password',
    });
    await page().importKey({ secret: `ncryptsec1own:${secret}`, password: 'own' });
    expect(await page().unlock(plainKeys.publicKey(secret), 'own')).toMatchObject({ kind: 'local' });
  });

  it('that is none is refused', async () => {
    await expect(page().importKey({ secret: 'npub1xyz' })).rejects.toEqual(new SignInError('not_a_key'));
  });
});

describe('the browser’s extension', () => {
  const anna = somebody();
  const hers: Nip07 = { getPublicKey: async () => anna.pubkey, signEvent: anna.sign };

  it('signs in, and is remembered after a reload and in every tab', async () => {
    extension = hers;
    expect(await page().signInWithExtension()).toMatchObject({ kind: 'extension', pubkey: anna.pubkey });
    const account = anotherTab().$account.get();
    expect(account).toMatchObject({ kind: 'extension', pubkey: anna.pubkey });
    expect(await account!.sign(template)).toMatchObject({ content: 'hi', pubkey: anna.pubkey });
  });

  it('that is not there, or says no, leaves nobody signed in', async () => {
    const accounts = page();
    await expect(accounts.signInWithExtension()).rejects.toMatchObject({ code: 'no_extension' });
    extension = { ...hers, getPublicKey: () => Promise.reject(new Error('user rejected')) };
    await expect(accounts.signInWithExtension()).rejects.toMatchObject({ code: 'refused' });
    extension = { ...hers, getPublicKey: async () => 'npub1xyz' };
    await expect(accounts.signInWithExtension()).rejects.toMatchObject({ code: 'refused' });
    expect(accounts.$account.get()).toBeNull();
  });

  it('that signs with another key, or signs something else, is found out', async () => {
    extension = hers;
    const { sign } = await page().signInWithExtension();
    extension = { ...hers, signEvent: somebody().sign };
    await expect(sign(template)).rejects.toMatchObject({ code: 'other_key' });
    extension = { ...hers, signEvent: (event) => anna.sign({ ...event, content: 'something else' }) };
    await expect(sign(template)).rejects.toMatchObject({ code: 'refused' });
    extension = { ...hers, signEvent: async () => null };
    await expect(sign(template)).rejects.toMatchObject({ code: 'refused' });
    extension = undefined;
    await expect(sign(template)).rejects.toMatchObject({ code: 'no_extension' });
  });

  it('is asked for one signature at a time, and a refusal does not stop the next', async () => {
    let asked = 0;
    extension = {
      ...hers,
      signEvent: async (event) => {
        expect(++asked).toBe(1);
        await Promise.resolve();
        asked--;
        if (event.content === 'no') throw new Error('user rejected');
        return anna.sign(event);
      },
    };
    const { sign } = await page().signInWithExtension();
    const results = await Promise.allSettled(
      ['one', 'no', 'two'].map((content) => sign({ ...template, content })),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('signing out', () => {
  it('never loses an encrypted key: it waits for its password', async () => {
    const accounts = page();
    const { pubkey } = await accounts.createKey({ password: 'correct' });
    accounts.signOut();
    expect(accounts.$account.get()).toBeNull();
    expect(accounts.$locked.get()).toEqual([{ pubkey }]);
    expect(await page().unlock(pubkey, 'correct')).toMatchObject({ pubkey });
  });

  it('ends a visit, and forgets the extension', async () => {
    const visiting = page();
    await visiting.createKey({});
    visiting.signOut();
    expect(page().$account.get()).toBeNull();

    const anna = somebody();
    extension = { getPublicKey: async () => anna.pubkey, signEvent: anna.sign };
    const extended = page();
    await extended.signInWithExtension();
    extended.signOut();
    expect(page().$account.get()).toBeNull();
  });

  it('leaves every key that rests here within reach, whoever was signed in since', async () => {
    const accounts = page();
    const first = await accounts.createKey({ name: 'Anna', password: 'one' });
    const second = await accounts.importKey({ secret: `nsec1${'34'.repeat(32)}`, password: 'two' });
    expect(
      page()
        .$locked.get()
        .map(({ pubkey }) => pubkey),
    ).toEqual([second.pubkey, first.pubkey]);

    const anna = somebody();
    extension = { getPublicKey: async () => anna.pubkey, signEvent: anna.sign };
    await accounts.signInWithExtension();
    expect(accounts.$locked.get()).toEqual([]);
    accounts.signOut();
    expect(accounts.$locked.get()).toHaveLength(2);
    const reloaded = page();
    expect(await reloaded.unlock(first.pubkey, 'one')).toMatchObject({ pubkey: first.pubkey, name: 'Anna' });
    reloaded.signOut();
    expect(reloaded.$locked.get()[0]).toEqual({ pubkey: first.pubkey, name: 'Anna' });

    reloaded.forgetLocked(first.pubkey);
    expect(reloaded.$locked.get()).toEqual([{ pubkey: second.pubkey }]);
  });

  it('and forgetting the key are two things', async () => {
    const accounts = page();
    const { pubkey } = await accounts.createKey({ password: 'correct' });
    accounts.signOut();
    accounts.forgetLocked(pubkey);
    expect(page().$locked.get()).toEqual([]);
    await expect(page().unlock(pubkey, 'correct')).rejects.toMatchObject({ code: 'nothing_locked' });
  });
});

it('starts with nobody when what was stored is damaged', () => {
  for (const damaged of ['', '{', 'null', '[]', '{"kind":"local","pubkey":"x"}', '{"kind":"visit"}']) {
    browser.set('nests.account', damaged);
    tab.set('nests.visit', damaged);
    expect(page().$account.get()).toBeNull();
    expect(page().$locked.get()).toEqual([]);
  }
});
