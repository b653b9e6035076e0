import { isHex64, type NostrEvent } from '@nests/protocol/event';
import type { Limits } from './limits.ts';

/** One filter of a REQ (NIP-01): an event must satisfy every field that is there. Lists are non-repeating. */
export interface Filter {
  ids?: string[];
  authors?: string[];
  kinds?: number[];
  /** Letter → accepted values, from `#e`, `#p`, …; the event needs one of them for every letter named. */
  tags: Map<string, string[]>;
  /** Earliest and latest `created_at`, both inclusive, unix seconds. */
  since?: number;
  until?: number;
  /** Stored events wanted at most; says nothing about events still to come. */
  limit?: number;
}

/** A filter that cannot be understood; its message is for the client. */
export class FilterError extends Error {}

/**
 * Reads one filter as a client sent it. Fields of other NIPs (such as `search`) are ignored.
 * @throws {FilterError} when a field of NIP-01 has the wrong shape or a list is too long
 */
export function parseFilter(input: unknown, limits: Limits): Filter {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new FilterError('a filter is an object');
  }
  const filter: Filter = { tags: new Map() };
  for (const [field, value] of Object.entries(input)) readField(filter, field, value, limits);
  return filter;
}

function readField(filter: Filter, field: string, value: unknown, limits: Limits): void {
  if (field === 'ids' || field === 'authors') {
    filter[field] = list(field, value, limits, isHex64, '64 lower-case hex characters');
  } else if (field === 'kinds') {
    filter.kinds = list(field, value, limits, isKind, 'whole numbers from 0 to 65535');
  } else if (field === 'since' || field === 'until' || field === 'limit') {
    if (!isCount(value)) throw new FilterError(`${field} is a whole number`);
    filter[field] = value;
  } else if (field.startsWith('#')) {
    if (!/^#[a-zA-Z]$/.test(field)) throw new FilterError('only tags of one letter can be asked for');
    filter.tags.set(field.slice(1), list(field, value, limits, isText, 'strings'));
  }
}

function list<T>(
  field: string,
  value: unknown,
  limits: Limits,
  accepts: (entry: unknown) => entry is T,
  what: string,
): T[] {
  if (!Array.isArray(value)) throw new FilterError(`${field} is a list`);
  if (value.length > limits.valuesPerList) {
    throw new FilterError(`${field} has more than ${limits.valuesPerList} entries`);
  }
  const entries: unknown[] = value;
  if (!entries.every(accepts)) throw new FilterError(`${field} holds ${what}`);
  return [...new Set(entries)];
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isKind = (value: unknown): value is number => isCount(value) && value <= 65_535;

/** True when the event satisfies the filter; `limit` plays no part. */
export function matches(filter: Filter, event: NostrEvent): boolean {
  if (filter.since !== undefined && event.created_at < filter.since) return false;
  if (filter.until !== undefined && event.created_at > filter.until) return false;
  if (filter.ids && !filter.ids.includes(event.id)) return false;
  if (filter.kinds && !filter.kinds.includes(event.kind)) return false;
  if (filter.authors && !filter.authors.includes(event.pubkey)) return false;
  for (const [letter, values] of filter.tags) {
    const found = event.tags.some(
      ([name, value]) => name === letter && value !== undefined && values.includes(value),
    );
    if (!found) return false;
  }
  return true;
}

/** Each single-letter tag of the event as [letter, value], without repetitions: what `#x` filters look at. */
export function indexedTags(event: NostrEvent): [string, string][] {
  const seen = new Map<string, [string, string]>();
  for (const [name, value] of event.tags) {
    if (name === undefined || value === undefined || !/^[a-zA-Z]$/.test(name)) continue;
    seen.set(name + value, [name, value]);
  }
  return [...seen.values()];
}
