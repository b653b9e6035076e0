import type { NestStore } from './ports.ts';

/** A chain longer than this has gone in a circle. */
const MOST_SUCCESSORS = 16;

/** The nests a requester made in place of a missing one: the first, the one made in place of that, and so on. */
export async function successorsOf(
  store: Pick<NestStore, 'successor'>,
  id: string,
  requester: string,
): Promise<string[]> {
  const chain: string[] = [];
  for (let last = id; chain.length < MOST_SUCCESSORS;) {
    const next = await store.successor(last, requester);
    if (next === undefined || chain.includes(next)) break;
    chain.push(next);
    last = next;
  }
  return chain;
}
