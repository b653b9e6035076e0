/**
 * When requests arrive that know nothing of each other: times in ms from 0, with exponential gaps (a Poisson process).
 * @param perSecond how many on average
 * @param seconds the length of the stretch
 * @param seed the same seed gives the same times
 */
export function arrivals(perSecond: number, seconds: number, seed: number): number[] {
  const random = seededRandom(seed);
  const times: number[] = [];
  const end = seconds * 1000;
  for (let at = gap(random, perSecond); at < end; at += gap(random, perSecond)) times.push(at);
  return times;
}

const gap = (random: () => number, perSecond: number): number => (-Math.log(1 - random()) / perSecond) * 1000;

/** Mulberry32: small, and good enough to scatter arrivals. Numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
