import type { FeedEvent, FeedState } from '@nests/protocol/api';
import type { NestRecord } from './record.ts';

/** What the feed says about a nest as a whole. */
export function feedState(record: NestRecord, participantCount: number): FeedState {
  return {
    status: record.status,
    generation: record.generation,
    participantCount,
    host: record.host,
    speakers: record.speakers,
    admins: record.admins,
    hands: record.hands,
    guests: record.guests,
    access: record.access,
    ...(record.restartedAt === undefined ? {} : { restartedAt: record.restartedAt }),
  };
}

/** The parts of a record that the feed tells. */
const TOLD = [
  'status',
  'generation',
  'host',
  'speakers',
  'admins',
  'hands',
  'guests',
  'access',
  'restartedAt',
] as const satisfies (keyof NestRecord)[];

/** What a change of the record means to whoever listens, in the order they shall hear it. */
export function eventsOf(
  before: NestRecord | undefined,
  after: NestRecord,
  participantCount: number,
): FeedEvent[] {
  if (before && TOLD.every((key) => before[key] === after[key])) return [];
  const events: FeedEvent[] = [];
  if (before && before.generation > 0 && before.generation !== after.generation) {
    events.push({ type: 'restarted', generation: after.generation });
  }
  events.push({ type: 'state', ...feedState(after, participantCount) });
  if (before && before.status !== 'ended' && after.status === 'ended') events.push({ type: 'ended' });
  return events;
}

/** Did anything change beside the sign of life, so that the sealed copy in LiveKit is behind? */
export function worthSealing(before: NestRecord | undefined, after: NestRecord): boolean {
  if (!before) return true;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof NestRecord>;
  keys.delete('rev');
  keys.delete('lastAliveAt');
  return [...keys].some((key) => before[key] !== after[key]);
}
