import { isLoopbackHost, safeRelayUrl, safeWebUrl } from '@nests/protocol/urls';
import type { NestForm } from '../../nest/task-types.ts';
import type { KeyValues } from '../../nostr/storage.ts';

/** What somebody has typed into "Create nest", as typed. */
export interface Draft {
  title: string;
  summary: string;
  color: string;
  image: string;
  /** Words separated by spaces or commas, with or without #. */
  hashtags: string;
  when: 'now' | 'later';
  /** The value of a datetime-local field. */
  starts: string;
  relays: string[];
  access: NestForm['access'];
  guests: boolean;
}

/** What is wrong with a draft, by field: keys of the catalogue. */
export interface DraftProblems {
  title?: 'create:titleMissing';
  image?: 'create:imageBad';
  hashtags?: 'create:hashtagsTooMany';
  starts?: 'create:startsMissing' | 'create:startsPast';
  relays?: 'create:relaysMissing';
}

export const TITLE_LENGTH = 100;
export const SUMMARY_LENGTH = 1000;
const MOST_HASHTAGS = 8;
const MOST_RELAYS = 10;
const KEY = 'nests.draft';

/** An empty draft; `relays` are the server's. */
export function emptyDraft(relays: readonly string[]): Draft {
  return {
    title: '',
    summary: '',
    color: '',
    image: '',
    hashtags: '',
    when: 'now',
    starts: '',
    relays: [...relays].slice(0, MOST_RELAYS),
    access: 'public',
    guests: true,
  };
}

/** The draft of this tab, where there is one: nothing typed is lost by a reload. */
export function readDraft(memory: Pick<KeyValues, 'get'>, relays: readonly string[]): Draft {
  const empty = emptyDraft(relays);
  try {
    const known: unknown = JSON.parse(memory.get(KEY) ?? '{}');
    if (typeof known !== 'object' || known === null) return empty;
    const typed: Partial<Record<string, unknown>> = { ...known };
    const text = (name: keyof Draft) => (typeof typed[name] === 'string' ? typed[name] : '');
    const kept = Array.isArray(typed['relays'])
      ? typed['relays'].filter((one) => typeof one === 'string')
      : [];
    return {
      title: text('title'),
      summary: text('summary'),
      color: text('color'),
      image: text('image'),
      hashtags: text('hashtags'),
      when: typed['when'] === 'later' ? 'later' : 'now',
      starts: text('starts'),
      relays: kept.length > 0 ? kept : empty.relays,
      access: typed['access'] === 'invite' ? 'invite' : 'public',
      guests: typed['guests'] !== false,
    };
  } catch {
    return empty;
  }
}

/** Keeps the draft for this tab. */
export function keepDraft(memory: Pick<KeyValues, 'set'>, draft: Draft): void {
  memory.set(KEY, JSON.stringify(draft));
}

/** The nest exists: the draft is not needed any more. */
export function dropDraft(memory: Pick<KeyValues, 'remove'>): void {
  memory.remove(KEY);
}

/** The hashtags in what was typed: lower case, without #, each once. */
export function hashtagsOf(text: string): string[] {
  const words = text.toLowerCase().split(/[\s,#]+/);
  return [...new Set(words.filter((word) => word !== ''))].map((word) => word.slice(0, 64));
}

/** Checks a draft. `now` in ms. */
export function problemsOf(draft: Draft, now: number): DraftProblems {
  const starts = Date.parse(draft.starts);
  return {
    ...(draft.title.trim() === '' ? { title: 'create:titleMissing' } : {}),
    ...(draft.image.trim() !== '' && safeWebUrl(draft.image.trim()) === null
      ? { image: 'create:imageBad' }
      : {}),
    ...(hashtagsOf(draft.hashtags).length > MOST_HASHTAGS ? { hashtags: 'create:hashtagsTooMany' } : {}),
    ...(draft.when === 'later' && Number.isNaN(starts) ? { starts: 'create:startsMissing' } : {}),
    ...(draft.when === 'later' && starts <= now ? { starts: 'create:startsPast' } : {}),
    ...(draft.relays.length === 0 ? { relays: 'create:relaysMissing' } : {}),
  };
}

/**
 * A relay somebody typed, ready to be used; null when it is none. Plain `ws:` is for this machine only, and `wss://`
 * may be left out.
 */
export function relayOf(text: string): string | null {
  const typed = text.trim();
  if (typed === '') return null;
  if (typed.includes('://')) return safeRelayUrl(typed);
  const host = typed.split(/[:/]/)[0] ?? '';
  if (!host.includes('.') && !isLoopbackHost(host)) return null;
  return safeRelayUrl(`${isLoopbackHost(host) ? 'ws' : 'wss'}://${typed}`);
}

/** True when one more relay may be added. */
export function hasRoomForRelay(draft: Draft): boolean {
  return draft.relays.length < MOST_RELAYS;
}

/** The form of a draft without problems. */
export function formOf(draft: Draft): NestForm {
  const summary = draft.summary.trim();
  const image = safeWebUrl(draft.image.trim());
  return {
    title: draft.title.trim(),
    ...(summary === '' ? {} : { summary }),
    ...(image === null ? {} : { image }),
    ...(draft.color === '' ? {} : { color: draft.color }),
    hashtags: hashtagsOf(draft.hashtags),
    relays: draft.relays,
    ...(draft.when === 'later' ? { starts: Math.floor(Date.parse(draft.starts) / 1000) } : {}),
    hlsStream: false,
    access: draft.access,
    guests: draft.guests,
  };
}
