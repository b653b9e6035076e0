import { verifyEvent } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { keys } from './keys.ts';

describe('a secret key', () => {
  it('signs events that anybody can verify', () => {
    const secret = keys.makeSecret();
    const event = keys.sign({ kind: 1, created_at: 5, tags: [['t', 'x']], content: 'hi' }, secret);
    expect(event.pubkey).toBe(keys.publicKey(secret));
    expect(verifyEvent({ ...event })).toBe(true);
    expect(Object.getOwnPropertySymbols(event)).toEqual([]);
  });

  it('is read as it was written, and as hex', () => {
    const secret = keys.makeSecret();
    expect(keys.readSecret(keys.writeSecret(secret))).toBe(secret);
    expect(keys.readSecret(secret.toUpperCase())).toBe(secret);
  });

  it.each(['', 'nsec1', 'nsec1qqqq', '00'.repeat(32), 'ff'.repeat(32), 'ab'.repeat(31)])(
    'is not %j',
    (text) => {
      expect(keys.readSecret(text)).toBeNull();
    },
  );

  it('rests encrypted, and opens with its password alone', async () => {
    const secret = keys.makeSecret();
    const ncryptsec = await keys.encrypt(secret, 'korrekt 🪺');
    expect(ncryptsec).toMatch(/^ncryptsec1/);
    expect(await keys.decrypt(ncryptsec, 'wrong')).toBeNull();
    expect(await keys.decrypt(ncryptsec, 'korrekt 🪺')).toBe(secret);
  });

  it('encrypted by others opens, too (the vector of NIP-49)', async () => {
    const ncryptsec =
      'ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p';
    expect(await keys.decrypt(ncryptsec, 'nostr')).toBe(
      '3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683',
    );
    expect(await keys.decrypt('ncryptsec1nonsense', 'nostr')).toBeNull();
  });
});
