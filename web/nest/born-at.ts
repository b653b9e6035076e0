import type { NestInfo } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';

/**
 * When a nest was made (ms): the API's word, else its event's; null = nobody says. An event is published again and again, so of the two
 * times it carries the earlier one is meant: what is planned begins later than it was made.
 */
export function bornAt(event: NestEvent | null | undefined, info: NestInfo | null): number | null {
  if (info && 'createdAt' in info) return info.createdAt;
  if (!event) return null;
  return Math.min(event.createdAt, event.starts ?? Infinity) * 1000;
}
