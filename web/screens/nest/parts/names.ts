import { encodeNpub } from '@nests/protocol/address';

/** Control and direction characters: they can hide a name or turn the text around it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Joins letters and emoji; harmless between other characters. */
const JOINER = '\u200d';

/** A name or title as it may stand on screen: one line, no hidden characters, at most `most` characters; empty when nothing is left. */
export function cleanName(name: string, most = 40): string {
  const visible = name
    .replace(UNSEEN, (char) => (char === JOINER ? char : ' '))
    .replace(/\s+/gu, ' ')
    .trim();
  // Never cuts through what people see as one character.
  const characters = Array.from(new Intl.Segmenter().segment(visible), ({ segment }) => segment);
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : visible;
}

/** A public key as the name of somebody without one: short enough for a small face, "npub1q…7xk". */
export function shortKey(pubkey: string): string {
  const npub = encodeNpub(pubkey);
  return `${npub.slice(0, 6)}…${npub.slice(-3)}`;
}

/** What to call somebody: the name of their profile, else their short public key. */
export function personName(pubkey: string, name: string | undefined): string {
  return cleanName(name ?? '') || shortKey(pubkey);
}
