import type { CSSProperties } from 'react';
import { numbersFrom } from './random.ts';

/** Hue in degrees and chroma (OKLCH) of a nest's own colour; how light it is drawn is the theme's affair. */
export interface Tint {
  hue: number;
  chroma: number;
}

/** No tint is stronger than this: the words on it must keep their contrast. */
const STRONGEST = 0.062;

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/**
 * The tint of a nest: from its `color` (`#rgb` or `#rrggbb`), else drawn from its id.
 * Anything that is not such a colour counts as none.
 */
export function tintOf(color: string | undefined, id: string): Tint {
  const hex = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(color ?? '') ? (color ?? '').slice(1) : '';
  if (hex === '') return { hue: Math.floor(numbersFrom(id)() * 360), chroma: STRONGEST * 0.8 };
  const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => linear(parseInt(full.slice(at, at + 2), 16) / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const blueYellow = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = ((Math.atan2(blueYellow, a) * 180) / Math.PI + 360) % 360;
  return {
    hue: Math.round(hue),
    chroma: Math.min(STRONGEST, Math.round(Math.hypot(a, blueYellow) * 1000) / 1000),
  };
}

/** The custom properties that the `tinted` class reads; for an element's `style`. */
export function tintStyle(tint: Tint): CSSProperties {
  const properties: Record<`--${string}`, string> = {
    '--tint-hue': String(tint.hue),
    '--tint-chroma': String(tint.chroma),
  };
  return properties;
}
