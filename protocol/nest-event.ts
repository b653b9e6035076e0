/**
 * The event that announces a nest (kind 30312, NIP-53), and the old rooms that were announced as live activities.
 * Reading trusts nothing and never throws; writing keeps the tags it does not know.
 */
import {
  formatAddress,
  isSameNest,
  LIVE_ACTIVITY_KIND,
  NEST_KIND,
  parseAddress,
  type NestAddress,
} from './address.ts';
import { isHex64, tagValue, type EventTemplate, type NostrEvent } from './event.ts';
import { isLoopbackHost, parseUrl, safeRelayUrl, safeWebUrl } from './urls.ts';

/** `private` is open, but by invitation. */
export type NestEventStatus = 'open' | 'private' | 'closed' | 'planned';

/** The roles an event names; everybody else in a nest is a listener. */
export type NestEventRole = 'host' | 'admin' | 'speaker';

/** Somebody the event names; `relay` is where their events may be found. */
export interface NestPerson {
  pubkey: string;
  relay?: string;
  role: NestEventRole;
}

/** A nest as its event tells it: what is missing or unsafe is left out. Times in unix seconds. */
export interface NestEvent {
  address: NestAddress;
  title: string;
  summary: string;
  image?: string;
  color?: string;
  hashtags: string[];
  status: NestEventStatus;
  starts?: number;
  ends?: number;
  /** The API's origin. */
  service?: string;
  streaming: string[];
  relays: string[];
  /** The host first; each person once, with their highest role. */
  people: NestPerson[];
  /** Where the same author says that the nest went on. */
  movedTo?: NestAddress;
  createdAt: number;
  /** `other` is what we cannot play. */
  transport: 'livekit' | 'hls' | 'other';
  event: NostrEvent;
}

const MAX_TITLE = 200;
const MAX_SUMMARY = 4000;
const MAX_PEOPLE = 1000;
const MAX_HASHTAGS = 50;
const MAX_URLS = 20;
const RANKS: NestEventRole[] = ['speaker', 'admin', 'host'];
const COLOR = /^[#a-zA-Z0-9-]{1,32}$/;
const UNIX_SECONDS = /^[0-9]{1,12}$/;
const LIVEKIT_SCHEME = /^wss?\+livekit:\/\//;

/** Reads a nest's event; null when it is none (other kind, no `d`, or a live activity without LiveKit). */
export function readNestEvent(event: NostrEvent): NestEvent | null {
  const d = tagValue(event, 'd');
  if (d === undefined || (event.kind !== NEST_KIND && event.kind !== LIVE_ACTIVITY_KIND)) return null;
  const streaming = readStreaming(event);
  const service = readService(tagValue(event, 'service'));
  const transport = transportOf(event, streaming, service);
  if (event.kind === LIVE_ACTIVITY_KIND && transport !== 'livekit') return null;
  const relays = readRelays(event);
  const address: NestAddress = {
    host: event.pubkey,
    d,
    ...(relays.length > 0 ? { relays } : {}),
    ...(event.kind === LIVE_ACTIVITY_KIND ? { kind: LIVE_ACTIVITY_KIND } : {}),
  };
  return {
    address,
    title: readText(event, ['room', 'title'], MAX_TITLE),
    summary: readText(event, ['summary'], MAX_SUMMARY),
    ...present('image', safeWebUrl(tagValue(event, 'image') ?? '')),
    ...present('color', matching(tagValue(event, 'color'), COLOR)),
    hashtags: readHashtags(event),
    status: readStatus(tagValue(event, 'status')),
    ...present('starts', readTime(tagValue(event, 'starts'))),
    ...present('ends', readTime(tagValue(event, 'ends'))),
    ...present('service', service),
    streaming,
    relays,
    people: readPeople(event),
    ...present('movedTo', readMoved(event, address)),
    createdAt: event.created_at,
    transport,
    event,
  };
}

function present<K extends string, V>(key: K, value: V | null): Partial<Record<K, V>> {
  return value === null ? {} : ({ [key]: value } as Record<K, V>);
}

function matching(value: string | undefined, pattern: RegExp): string | null {
  return value !== undefined && pattern.test(value) ? value : null;
}

function valuesOf(event: NostrEvent, name: string): string[] {
  return event.tags.filter((tag) => tag[0] === name).flatMap((tag) => tag.slice(1));
}

function unique(values: (string | null)[], max: number): string[] {
  return [...new Set(values.filter((value) => value !== null))].slice(0, max);
}

/** The first of these tags that says anything. */
function readText(event: NostrEvent, names: string[], maxLength: number): string {
  const texts = names.flatMap((name) =>
    event.tags.filter((tag) => tag[0] === name).map((tag) => tag[1]?.trim()),
  );
  return (texts.find((text) => text !== undefined && text !== '') ?? '').slice(0, maxLength);
}

function readStatus(value: string | undefined): NestEventStatus {
  switch (value?.toLowerCase()) {
    case undefined:
    case 'open':
    case 'live':
      return 'open';
    case 'private':
      return 'private';
    case 'planned':
      return 'planned';
    default:
      // Unknown words included: better missing from the live list than listed for ever.
      return 'closed';
  }
}

function readTime(value: string | undefined): number | null {
  const digits = matching(value, UNIX_SECONDS);
  return digits === null ? null : Number(digits);
}

/** `https://host` or `https://host/api/v1/nests`: what counts is the origin. */
function readService(value: string | undefined): string | null {
  const url = safeWebUrl(value ?? '');
  return url === null ? null : new URL(url).origin;
}

function readStreaming(event: NostrEvent): string[] {
  return unique(valuesOf(event, 'streaming').map(readStream), MAX_URLS);
}

function readStream(value: string): string | null {
  if (!LIVEKIT_SCHEME.test(value)) return safeWebUrl(value);
  const url = parseUrl(value.replace('+livekit', ''));
  if (url === null) return null;
  return url.protocol === 'wss:' || isLoopbackHost(url.hostname) ? value : null;
}

function transportOf(event: NostrEvent, streaming: string[], service: string | null): NestEvent['transport'] {
  if (streaming.some((url) => LIVEKIT_SCHEME.test(url))) return 'livekit';
  if (streaming.some((url) => new URL(url).pathname.endsWith('.m3u8'))) return 'hls';
  // A planned nest has no room yet; its API will say where the room is.
  const saysNothing = valuesOf(event, 'streaming').length === 0;
  return saysNothing && service !== null ? 'livekit' : 'other';
}

function readRelays(event: NostrEvent): string[] {
  return unique(
    valuesOf(event, 'relays').map((url) => safeRelayUrl(url)),
    MAX_URLS,
  );
}

function readHashtags(event: NostrEvent): string[] {
  const tags = event.tags.filter((tag) => tag[0] === 't').map((tag) => tag[1]?.trim().toLowerCase() ?? '');
  return unique(
    tags.map((tag) => (tag === '' || tag.length > 64 ? null : tag)),
    MAX_HASHTAGS,
  );
}

/** Only the author is host; another key that calls itself so is shown as a speaker. */
function readPeople(event: NostrEvent): NestPerson[] {
  const people = new Map<string, NestPerson>([[event.pubkey, { pubkey: event.pubkey, role: 'host' }]]);
  for (const [name, pubkey, hint, word] of event.tags) {
    if (name !== 'p' || !isHex64(pubkey) || people.size >= MAX_PEOPLE) continue;
    const role = readRole(word, pubkey === event.pubkey);
    if (role === null) continue;
    const known = people.get(pubkey);
    const relay = known?.relay ?? safeRelayUrl(hint ?? '');
    const highest =
      known !== undefined && RANKS.indexOf(known.role) >= RANKS.indexOf(role) ? known.role : role;
    people.set(pubkey, { pubkey, ...present('relay', relay), role: highest });
  }
  return [...people.values()];
}

function readRole(word: string | undefined, isAuthor: boolean): NestEventRole | null {
  if (isAuthor) return 'host';
  switch (word?.toLowerCase()) {
    case 'admin':
    case 'moderator':
      return 'admin';
    case 'host':
    case 'speaker':
      return 'speaker';
    default:
      return null;
  }
}

/** A pointer to anybody else's nest, or to itself, leads nowhere. */
function readMoved(event: NostrEvent, self: NestAddress): NestAddress | null {
  for (const tag of event.tags) {
    if (!isMovedTag(tag)) continue;
    const address = parseAddress(tag[1] ?? '', tag[2]);
    if (address !== null && address.host === event.pubkey && !isSameNest(address, self)) return address;
  }
  return null;
}

function isMovedTag(tag: string[]): boolean {
  return tag[0] === 'a' && tag[3] === 'moved';
}

/** What a host says about a nest. `webLink` is the address people open; `now` unix seconds. */
export interface NestEventInput {
  roomId: string;
  host: string;
  title: string;
  summary?: string;
  image?: string;
  color?: string;
  hashtags?: string[];
  status: NestEventStatus;
  starts?: number;
  ends?: number;
  service: string;
  streaming: string[];
  relays: string[];
  /** Admins and speakers; the host is added. */
  people?: NestPerson[];
  webLink: string;
  now: number;
}

/** Tags this module writes itself; of an event that is edited, all others are kept as they are, in order. */
const WRITTEN = new Set(
  'd room title summary image color t status starts ends service streaming relays p alt'.split(' '),
);
/** Other clients take these for something else, so they are never written, nor kept. */
const NEVER = new Set(['endpoint', 'auth']);

/**
 * The event for a new or changed nest, to be signed by its host. With `previous`, tags unknown here survive, and the
 * time is later than the previous one's, so that relays replace it.
 */
export function makeNestEvent(input: NestEventInput, previous?: NostrEvent): EventTemplate {
  const optional: [string, string | number | undefined][] = [
    ['summary', input.summary],
    ['image', input.image],
    ['color', input.color],
    ['starts', input.starts],
    ['ends', input.ends],
  ];
  const kept = previous?.tags.filter((tag) => !isWritten(tag)) ?? [];
  return {
    kind: NEST_KIND,
    created_at: laterThan(previous, input.now),
    tags: [
      ['d', input.roomId],
      ['room', input.title],
      ['title', input.title],
      ...optional.flatMap(([name, value]) =>
        value === undefined || value === '' ? [] : [[name, String(value)]],
      ),
      ...(input.hashtags ?? []).map((hashtag) => ['t', hashtag.toLowerCase()]),
      ['status', input.status],
      ...placeTags(input),
      ...personTags(input.host, input.people ?? [], input.relays, previous),
      altTag(input.title, input.webLink),
      ...kept,
    ],
    content: previous?.content ?? '',
  };
}

function isWritten(tag: string[]): boolean {
  const name = tag[0] ?? '';
  return WRITTEN.has(name) || NEVER.has(name) || isMovedTag(tag);
}

function laterThan(previous: NostrEvent | null | undefined, now: number): number {
  return previous ? Math.max(now, previous.created_at + 1) : now;
}

function placeTags(place: { service: string; streaming: string[]; relays: string[] }): string[][] {
  return [
    ['service', place.service],
    ...place.streaming.map((url) => ['streaming', url]),
    ['relays', ...place.relays],
  ];
}

function personTags(host: string, people: NestPerson[], relays: string[], previous?: NostrEvent): string[][] {
  const hints = new Map(previous?.tags.filter((tag) => tag[0] === 'p').map((tag) => [tag[1], tag[2]]));
  const others = people.filter((person) => person.pubkey !== host);
  return [{ pubkey: host, role: 'host' } satisfies NestPerson, ...others].map((person: NestPerson) => [
    'p',
    person.pubkey,
    person.relay ?? safeRelayUrl(hints.get(person.pubkey) ?? '') ?? relays[0] ?? '',
    person.role,
  ]);
}

function altTag(title: string, webLink: string): string[] {
  return ['alt', `Live audio room "${title}": ${webLink}`];
}

/** What the API made in place of a nest it no longer knew, and where people open it. `now` unix seconds. */
export interface RecreatedNest {
  roomId: string;
  host: string;
  originalRoomId: string;
  service: string;
  streaming: string[];
  relays: string[];
  webLink: string;
  now: number;
}

const RECREATED_TITLE = 'Restarted Nest';
const RECREATED_SUMMARY = 'This nest was recreated due to technical issues';
const MADE_NEW = new Set('d service streaming relays status starts ends p alt'.split(' '));

/**
 * The complete event of a nest that was recreated under a new id: the tags of the old one, where it could be read,
 * with everything that depends on the id made new.
 */
export function recreateNestEvent(old: NostrEvent | null, made: RecreatedNest): EventTemplate {
  const title = (old === null ? '' : readText(old, ['room', 'title'], MAX_TITLE)) || RECREATED_TITLE;
  const summary = (old === null ? '' : readText(old, ['summary'], MAX_SUMMARY)) || RECREATED_SUMMARY;
  const kept = old?.tags.filter((tag) => {
    const name = tag[0] ?? '';
    return !MADE_NEW.has(name) && !NEVER.has(name) && !isMovedTag(tag);
  }) ?? [['summary', summary]];
  const names = new Set(kept.map((tag) => tag[0]));
  return {
    kind: NEST_KIND,
    created_at: laterThan(old, made.now),
    tags: [
      ['d', made.roomId],
      ...['room', 'title'].filter((name) => !names.has(name)).map((name) => [name, title]),
      ...kept,
      ['status', 'open'],
      ['starts', String(made.now)],
      ...placeTags(made),
      ...personTags(made.host, [], made.relays, old ?? undefined),
      altTag(title, made.webLink),
    ],
    content: JSON.stringify({ name: title, description: summary, originalRoomId: made.originalRoomId }),
  };
}

/**
 * The old event once more, now closed; with `movedTo`, pointing to where the nest goes on (followed by readers only
 * for the same author). Every other tag stays as it is. `now` unix seconds.
 */
export function closeNestEvent(
  old: NostrEvent,
  movedTo: { address: NestAddress; relay?: string } | undefined,
  now: number,
): EventTemplate {
  const kept = old.tags.filter(([name]) => name !== 'status' && name !== 'ends' && !NEVER.has(name ?? ''));
  const tags = movedTo === undefined ? kept : kept.filter((tag) => !isMovedTag(tag));
  const status = old.kind === LIVE_ACTIVITY_KIND ? 'ended' : 'closed';
  tags.push(['status', status], ['ends', String(now)]);
  if (movedTo !== undefined) {
    const relay = movedTo.relay ?? movedTo.address.relays?.[0] ?? '';
    tags.push(['a', formatAddress(movedTo.address), relay, 'moved']);
  }
  return { kind: old.kind, created_at: laterThan(old, now), tags, content: old.content };
}
