import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SESSION_LIFE_MS, Sessions } from './sessions.ts';

const anna = 'a'.repeat(64);
const [oldSecret, newSecret] = ['old-secret-old-secret-old-secret', 'new-secret-new-secret-new-secret'];
const server: [string] = ['https://nests.example'];
const sessions = new Sessions([newSecret], server);
const signedAt = 1_800_000_000_000;
const hers = { nestId: 'n', identity: `${anna}:x7`, signedAt };

describe('a session', () => {
  it('says who is where, since when, until twelve hours after the signature', () => {
    const text = sessions.issue(hers);
    expect(sessions.read(text, signedAt + SESSION_LIFE_MS)).toEqual({ ...hers, pubkey: anna });
    expect(sessions.read(text, signedAt + SESSION_LIFE_MS + 1)).toBe('session_expired');
  });

  it('of a guest names no key', () => {
    const guest = { ...hers, identity: 'guest-1' };
    expect(sessions.read(sessions.issue(guest), signedAt)).toEqual({ ...guest, pubkey: null });
  });

  it('survives a new secret while the old one is still listed', () => {
    const text = new Sessions([oldSecret], server).issue(hers);
    expect(new Sessions([newSecret, oldSecret], server).read(text, signedAt)).toMatchObject(hers);
    expect(sessions.read(text, signedAt)).toBe('session_invalid');
  });

  it('of another server is none of ours, even with the same secret', () => {
    const text = new Sessions([newSecret], ['https://other.example']).issue(hers);
    expect(sessions.read(text, signedAt)).toBe('session_invalid');
    expect(
      new Sessions([newSecret], ['https://nests.example', 'https://other.example']).read(text, signedAt),
    ).toMatchObject(hers);
  });

  it('that was touched anywhere is invalid', () => {
    const text = sessions.issue(hers);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom('A', 'B', 'a', 'b', '0', '1', '-', '_', '.'),
        (at, letter) => {
          const touched = text.slice(0, at) + letter + text.slice(at + 1);
          fc.pre(touched !== text);
          expect(sessions.read(touched, signedAt)).toBe('session_invalid');
        },
      ),
    );
  });

  it('with anything behind it is invalid, even what a reader of base64 would not see', () => {
    for (const more of ['=', '!', ' ', '\n', 'A', '.'])
      expect(sessions.read(sessions.issue(hers) + more, signedAt)).toBe('session_invalid');
  });

  it('made of anything else is invalid, never an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((s) => `n1.${s}.${s}`),
        ),
        (text) => {
          expect(sessions.read(text, signedAt)).toBe('session_invalid');
        },
      ),
    );
  });
});
