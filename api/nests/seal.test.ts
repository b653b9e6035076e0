import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRecord } from './create.ts';
import { metadataRev } from './metadata.ts';
import { makeSeal } from './seal.ts';

const HOST = 'a'.repeat(64);
const record = {
  ...newRecord(
    '6f6f6b2e-0000-4000-8000-000000000001',
    HOST,
    { relays: ['wss://r.example'], hls_stream: false },
    1,
  ),
  rev: 7,
};

describe('the seal on room metadata', () => {
  it('gives the record back to whoever has the secret', () => {
    const seal = makeSeal(['one secret']);
    expect(seal.open(seal.close(record))).toEqual(record);
  });

  it('says the revision in the clear and nothing else', () => {
    const metadata = makeSeal(['one secret']).close(record);
    expect(metadataRev(metadata)).toBe(7);
    expect(Object.keys(JSON.parse(metadata) as object)).toEqual(['rev', 'sealed']);
    expect(metadata).not.toContain(HOST);
    expect(metadata).not.toContain('relay');
  });

  it('does not open for another secret', () => {
    expect(makeSeal(['another']).open(makeSeal(['one secret']).close(record))).toBeNull();
  });

  it('opens for an old secret that is still on the list, and seals with the first', () => {
    const old = makeSeal(['old']);
    const rotated = makeSeal(['new', 'old']);
    expect(rotated.open(old.close(record))).toEqual(record);
    expect(old.open(rotated.close(record))).toBeNull();
  });

  it('does not open when the revision was changed', () => {
    const seal = makeSeal(['one secret']);
    const { sealed } = JSON.parse(seal.close(record)) as { sealed: string };
    expect(seal.open(JSON.stringify({ rev: 8, sealed }))).toBeNull();
  });

  it('never seals the same way twice', () => {
    const seal = makeSeal(['one secret']);
    expect(seal.close(record)).not.toBe(seal.close(record));
  });

  it('answers null to anything that is not ours, and never throws', () => {
    const seal = makeSeal(['one secret']);
    for (const foreign of [
      '',
      '{}',
      'null',
      '[]',
      '{"rev":1}',
      '{"rev":1,"sealed":""}',
      '{"rev":1,"sealed":"AAAA"}',
    ]) {
      expect(seal.open(foreign)).toBeNull();
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (foreign) => seal.open(foreign) === null));
  });

  it('does not open with any one bit of it flipped', () => {
    const seal = makeSeal(['one secret']);
    const { rev, sealed } = JSON.parse(seal.close(record)) as { rev: number; sealed: string };
    const bytes = Buffer.from(sealed, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (index, bit) => {
        const flipped = Buffer.from(bytes);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        return seal.open(JSON.stringify({ rev, sealed: flipped.toString('base64url') })) === null;
      }),
    );
  });
});
