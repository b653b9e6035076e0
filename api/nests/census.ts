import { roomName } from '@nests/protocol/rooms';
import { stateOf, type State } from './life.ts';
import type { MediaRoom } from './ports.ts';
import type { NestRecord } from './record.ts';

/** How many there are, as a sweep has just seen it. */
export interface Census {
  /** ms */
  at: number;
  nests: Record<Exclude<State, 'ended'>, number>;
  /** people inside, guests included; those with two devices count twice */
  participants: number;
}

/** Counts nests by where they are in their life, and the people in their rooms. */
export function takeCensus(
  records: Iterable<NestRecord>,
  rooms: ReadonlyMap<string, MediaRoom>,
  at: number,
): Census {
  const census: Census = { at, nests: { planned: 0, idle: 0, live: 0, restarting: 0 }, participants: 0 };
  for (const record of records) {
    const state = stateOf(record);
    if (state === 'ended') continue;
    census.nests[state] += 1;
    census.participants += rooms.get(roomName(record.id, record.generation))?.participants ?? 0;
  }
  return census;
}
