import type { EventTemplate, NostrEvent } from '@nests/protocol/event';
import { safeWebUrl } from '@nests/protocol/urls';
import type { Profile } from './types.ts';

export const PROFILE_KIND = 0;

const MAX_NAME = 80;
const MAX_ABOUT = 2_000;
/** Control and format characters, such as those that turn the direction of what follows: a name is only letters. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Reads a profile (kind 0); whatever is missing, malformed or unsafe is left out. Never throws. */
export function readProfile(event: NostrEvent): Profile {
  const content = parseObject(event.content);
  const name = text(content['display_name'], MAX_NAME) ?? text(content['name'], MAX_NAME);
  const nip05 = text(content['nip05'], MAX_NAME);
  const about = typeof content['about'] === 'string' ? content['about'].trim().slice(0, MAX_ABOUT) : '';
  const picture = typeof content['picture'] === 'string' ? safeWebUrl(content['picture'].trim()) : null;
  return {
    pubkey: event.pubkey,
    ...(name === undefined ? {} : { name }),
    ...(picture === null ? {} : { picture }),
    ...(nip05 === undefined ? {} : { nip05 }),
    ...(about === '' ? {} : { about }),
  };
}

function text(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const shown = value.replace(INVISIBLE, '').trim();
  return shown === '' ? undefined : Array.from(shown).slice(0, maxLength).join('');
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The first profile of a new key. `now` unix seconds. */
export function makeProfile(profile: { name: string; picture?: string }, now: number): EventTemplate {
  const content = { name: profile.name, ...(profile.picture ? { picture: profile.picture } : {}) };
  return { kind: PROFILE_KIND, created_at: now, tags: [], content: JSON.stringify(content) };
}
