import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { NestArcs } from './nest-arcs.tsx';
import { strands } from './strands.ts';
import { initialOf, weave } from './weave.ts';
import { WovenFace } from './woven-face.tsx';

const key = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 32, maxLength: 32 });
const pubkey = key.map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
const hueOf = (color: string) => Number(/ ([\d.]+)\)$/.exec(color)?.[1]);

describe('a woven face', () => {
  it('has five to seven arcs in two neighbouring hues, the same for the same key', () => {
    fc.assert(
      fc.property(pubkey, (hex) => {
        const face = weave(hex);
        expect(weave(hex)).toEqual(face);
        expect(face.bands.length).toBeGreaterThanOrEqual(5);
        expect(face.bands.length).toBeLessThanOrEqual(7);
        const hues = [...new Set(face.bands.map((band) => hueOf(band.color)))];
        expect(hues.length).toBeLessThanOrEqual(2);
        const [one = 0, other = one] = hues;
        const apart = Math.abs(one - other);
        expect(Math.min(apart, 360 - apart)).toBeLessThanOrEqual(53);
      }),
    );
  });

  it('tells keys apart', () => {
    const faces = new Set<string>();
    for (let i = 0; i < 200; i++) faces.add(JSON.stringify(weave(i.toString(16).padStart(64, '0'))));
    expect(faces.size).toBe(200);
  });

  it('bears the first letter as people write it', () => {
    expect(initialOf('  mira')).toBe('m');
    expect(initialOf('é́lan')).toBe('é́');
    expect(initialOf('👩‍🚀 Ada')).toBe('👩‍🚀');
    expect(initialOf(undefined)).toBe('');
  });

  it('shows a picture only from an https address, and never tells that server where it is shown', () => {
    const with_ = (picture: string) => renderToStaticMarkup(<WovenFace pubkey="ab" picture={picture} />);
    expect(with_('https://example.org/me.jpg')).toContain('referrerPolicy="no-referrer"');
    for (const bad of ['http://example.org/a.png', 'javascript:alert(1)', 'data:image/png;base64,AA']) {
      expect(with_(bad)).not.toContain('<img');
    }
  });

  it('is hidden from screen readers: the name stands beside it', () => {
    expect(renderToStaticMarkup(<WovenFace pubkey="ab" name="Mira" />)).toMatch(/^<span aria-hidden="true"/);
  });
});

describe('the nest arcs', () => {
  it('are the same for the same nest and differ between nests', () => {
    expect(strands('one', 14)).toEqual(strands('one', 14));
    expect(strands('one', 14)).not.toEqual(strands('two', 14));
  });

  it('stay inside their box to the sides', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (seed, count) => {
        for (const { path } of strands(seed, count)) {
          const xs = [...path.matchAll(/(-?[\d.]+) -?[\d.]+/g)].map((found) => Number(found[1]));
          expect(Math.min(...xs)).toBeGreaterThanOrEqual(-4);
          expect(Math.max(...xs)).toBeLessThanOrEqual(404);
        }
      }),
    );
  });

  it('split into the wall behind and the rim before without losing a straw', () => {
    const count = (part: 'all' | 'back' | 'front') =>
      renderToStaticMarkup(<NestArcs seed="n" part={part} />).split('<path').length - 1;
    expect(count('back') + count('front')).toBe(count('all'));
    expect(count('front')).toBeGreaterThan(0);
  });
});
