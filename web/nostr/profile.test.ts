import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeProfile, readProfile } from './profile.ts';
import vectors from './profile.vectors.json' with { type: 'json' };

const pubkey = 'aa'.repeat(32);
const event = (content: string) => ({ kind: 0, content, tags: [], created_at: 5, pubkey, id: '', sig: '' });

describe('a profile', () => {
  it.each(vectors)('is read: $name', ({ content, expected }) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    expect(readProfile(event(text))).toEqual({ pubkey, ...expected });
  });

  it('is read back as it was written', () => {
    const template = makeProfile({ name: 'Anna', picture: 'https://img.example/a.png' }, 7);
    expect(template).toMatchObject({ kind: 0, created_at: 7 });
    expect(readProfile(event(template.content))).toEqual({
      pubkey,
      name: 'Anna',
      picture: 'https://img.example/a.png',
    });
  });

  it('never makes the reader throw, and is never longer than there is room for', () => {
    const named = fc.record({ name: fc.string({ unit: 'grapheme', maxLength: 500 }) });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          named.map((value) => JSON.stringify(value)),
        ),
        (content) => {
          expect((readProfile(event(content)).name ?? '').length).toBeLessThanOrEqual(160);
        },
      ),
    );
  });
});
