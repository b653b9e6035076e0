import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { tintOf } from './tint.ts';

const css = readFileSync(new URL('./theme.css', import.meta.url), 'utf8');

/** The two sides of a token in theme.css: `[light, dark]`. */
function token(name: string): [string, string] {
  const both = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const one = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css);
  if (both?.[1] && both[2]) return [both[1], both[2]];
  if (one?.[1]) return [one[1], one[1]];
  throw new Error(`no token ${name}`);
}

const hexLuminance = (hex: string) => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** WCAG luminance of an OKLCH colour, channels clipped into the gamut as a screen does. */
const oklchLuminance = (lightness: number, chroma: number, hue: number) => {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return (
    0.2126 * clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) +
    0.7152 * clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) +
    0.0722 * clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  );
};

const contrast = (one: number, other: number) =>
  (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

describe('the tokens', () => {
  const grounds = ['ground', 'surface', 'raised'];
  const words = ['text', 'muted', 'straw-text', 'speaking-text', 'danger'];

  it.each(words.flatMap((word) => grounds.map((ground) => [word, ground] as const)))(
    'keep %s readable on %s, light and dark',
    (word, ground) => {
      for (const side of [0, 1] as const) {
        const ratio = contrast(hexLuminance(token(word)[side]), hexLuminance(token(ground)[side]));
        expect(ratio, side === 0 ? 'light' : 'dark').toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it('keep dark words on straw readable', () => {
    expect(contrast(hexLuminance(token('on-straw')[0]), hexLuminance(token('straw')[0]))).toBeGreaterThan(7);
  });

  it('keep the edge of a field and the speaking ring visible', () => {
    for (const side of [0, 1] as const) {
      for (const [name, ground] of grounds.map((one) => [one, hexLuminance(token(one)[side])] as const)) {
        if (name !== 'raised')
          expect(contrast(hexLuminance(token('edge')[side]), ground)).toBeGreaterThanOrEqual(3);
        expect(contrast(hexLuminance(token('speaking')[side]), ground)).toBeGreaterThanOrEqual(3);
      }
    }
  });
});

describe('the tint of a nest', () => {
  const lightness = [...css.matchAll(/oklch\((0\.\d+) var\(--tint-chroma\)/g)].map((found) =>
    Number(found[1]),
  );

  it('keeps text and muted text readable, whatever colour a stranger chose', () => {
    const [light, dark] = lightness;
    if (light === undefined || dark === undefined) throw new Error('theme.css has no tint');
    const color = fc
      .integer({ min: 0, max: 0xffffff })
      .map((value) => `#${value.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(color, (hex) => {
        const { hue, chroma } = tintOf(hex, 'x');
        for (const word of ['text', 'muted']) {
          const [onLight, onDark] = token(word).map(hexLuminance) as [number, number];
          expect(contrast(onLight, oklchLuminance(light, chroma, hue))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(onDark, oklchLuminance(dark, chroma, hue))).toBeGreaterThanOrEqual(4.5);
        }
      }),
    );
  });

  it('follows the hue of the colour, short or long', () => {
    expect(tintOf('#f00', 'x')).toEqual(tintOf('#FF0000', 'other'));
    expect(tintOf('#ff0000', 'x').hue).toBeCloseTo(29, -1);
    expect(tintOf('#0000ff', 'x').hue).toBeCloseTo(264, -1);
    expect(tintOf('#808080', 'x').chroma).toBe(0);
  });

  it('is drawn from the id when there is no colour or something else stands there', () => {
    const own = tintOf(undefined, 'a-nest');
    expect(tintOf('red; background: url(x)', 'a-nest')).toEqual(own);
    expect(tintOf('', 'a-nest')).toEqual(own);
    expect(tintOf(undefined, 'another')).not.toEqual(own);
  });
});
