import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guestIdentity, identityPubkey, isGuestIdentity, personIdentity } from './identity.ts';

const pubkey = fc.stringMatching(/^[0-9a-f]{64}$/);

it('tells whose an identity is, whatever random part it has', () => {
  fc.assert(
    fc.property(pubkey, fc.string(), (key, random) => {
      expect(identityPubkey(personIdentity(key, random))).toBe(key);
      expect(isGuestIdentity(personIdentity(key, random))).toBe(false);
    }),
  );
});

it('knows a guest from a person', () => {
  fc.assert(
    fc.property(fc.string(), (random) => {
      expect(isGuestIdentity(guestIdentity(random))).toBe(true);
      expect(identityPubkey(guestIdentity(random))).toBeNull();
    }),
  );
});

it('finds no key in anything else', () => {
  expect(identityPubkey('')).toBeNull();
  expect(identityPubkey('a'.repeat(63))).toBeNull();
  expect(identityPubkey('A'.repeat(64))).toBeNull();
  expect(identityPubkey(`recorder:${'a'.repeat(64)}`)).toBeNull();
});
