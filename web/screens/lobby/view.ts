import type { NestListItem } from '@nests/protocol/api';
import type { NestAddress } from '@nests/protocol/address';
import type { NestEvent } from '@nests/protocol/nest-event';
import { pathOfNest } from './path-of-nest.ts';

/** Which nest it is, and whether it opens here. */
export interface Place {
  key: string;
  address: NestAddress;
  host: string;
  /** `here` on our own server, `away` on another whose nests we can play, `elsewhere` only in other clients. */
  opens: 'here' | 'away' | 'elsewhere';
}

/** A nest one can go to now. */
export interface LiveNest extends Place {
  /** null = it has no name; undefined = its event is still being looked for. */
  title: string | null | undefined;
  image: string | undefined;
  color: string | undefined;
  hashtags: string[];
  /** Who is on the stage, the host first. */
  people: string[];
  /** Heads inside, from the API; null = another server's nest, which nobody has counted for us. */
  heads: number | null;
  /** When it began, ms; null = unknown. */
  since: number | null;
}

/** A planned nest. */
export interface UpcomingNest extends Place {
  title: string | null;
  summary: string;
  hashtags: string[];
  /** ms */
  starts: number;
}

/** What the lobby knows, to be put in order. */
export interface LobbyFacts {
  /** The API's list; null = not here yet. */
  list: readonly NestListItem[] | null;
  events: readonly NestEvent[];
  /** The relays have had their time: a name that is not here by now is not awaited any longer. */
  settled: boolean;
  /** ms */
  now: number;
  /** The origins under which our own server is known. */
  ourOrigins: readonly string[];
  query: string;
  /** Only nests of these hosts; null = everybody's. */
  hosts: ReadonlySet<string> | null;
  nameOf: (pubkey: string) => string | undefined;
}

const HOUR = 3_600_000;

/**
 * What is live and what is planned. For nests of our own server the API says what is live, never the event; a nest of
 * another server counts as live while its event says open and is younger than an hour.
 */
export function lobbyView(facts: LobbyFacts): { live: LiveNest[]; upcoming: UpcomingNest[] } {
  const listed = new Set((facts.list ?? []).map((item) => item.roomId));
  const ours = (event: NestEvent) => event.service !== undefined && facts.ourOrigins.includes(event.service);
  const live = [
    ...(facts.list ?? []).map((item) => fromList(item, facts)),
    ...facts.events
      .filter((event) => !ours(event) && isFreshlyOpen(event, facts.now))
      .map((event) => fromEvent(event)),
  ];
  const upcoming = facts.events
    .filter((event) => isPlanned(event, facts.now) && !(ours(event) && listed.has(event.address.d)))
    .map((event) => (ours(event) ? ourUpcoming(event) : othersUpcoming(event)));
  return {
    live: live.filter((nest) => wanted(nest, facts)).sort(byHeads),
    upcoming: upcoming.filter((nest) => wanted(nest, facts)).sort((a, b) => a.starts - b.starts),
  };
}

function isFreshlyOpen(event: NestEvent, now: number): boolean {
  return event.status === 'open' && now - event.createdAt * 1000 < HOUR;
}

function fromList(item: NestListItem, facts: LobbyFacts): LiveNest {
  const event = facts.events.find((one) => one.address.d === item.roomId && one.address.host === item.host);
  return {
    key: item.roomId,
    address: { host: item.host, d: item.roomId },
    host: item.host,
    opens: 'here',
    title: event ? event.title || null : facts.settled ? null : undefined,
    image: event?.image,
    color: event?.color,
    hashtags: event?.hashtags ?? [],
    people: [...new Set([item.host, ...item.speakers])],
    heads: item.participantCount,
    since: item.startedAt,
  };
}

/** The same event gives the same object, so that a card whose nest has not changed is not drawn again. */
const fromEvent = once((event: NestEvent): LiveNest => {
  return {
    ...placeOf(event, false),
    title: event.title || null,
    image: event.image,
    color: event.color,
    hashtags: event.hashtags,
    people: event.people.map((person) => person.pubkey),
    heads: null,
    since: event.starts === undefined ? null : event.starts * 1000,
  };
});

function once<Given extends object, Made>(make: (given: Given) => Made): (given: Given) => Made {
  const made = new WeakMap<Given, { value: Made }>();
  return (given) => {
    const known = made.get(given) ?? { value: make(given) };
    made.set(given, known);
    return known.value;
  };
}

function isPlanned(event: NestEvent, now: number): boolean {
  return event.status === 'planned' && (event.starts ?? 0) * 1000 > now - HOUR;
}

function upcomingFrom(event: NestEvent, ours: boolean): UpcomingNest {
  const { title, summary, hashtags, starts = 0 } = event;
  return { ...placeOf(event, ours), title: title || null, summary, hashtags, starts: starts * 1000 };
}

const ourUpcoming = once((event: NestEvent) => upcomingFrom(event, true));
const othersUpcoming = once((event: NestEvent) => upcomingFrom(event, false));

function placeOf(event: NestEvent, ours: boolean): Place {
  const { address, transport } = event;
  const opens = ours ? 'here' : transport === 'livekit' ? 'away' : 'elsewhere';
  return { key: `${address.host}:${address.d}`, address, host: address.host, opens };
}

/**
 * Where a nest opens: ours under its room id, another server's under its naddr, and what we cannot play at a page
 * that knows other clients. Asked for the nests that are shown, because an naddr costs something and thousands are known.
 */
export function hrefOf({ address, opens }: Place, naddrOf: (address: NestAddress) => string): string {
  if (opens === 'here') return pathOfNest(address.d, address.host);
  return opens === 'away' ? `/nest/${naddrOf(address)}` : `https://njump.me/${naddrOf(address)}`;
}

function wanted(
  nest: { title: string | null | undefined; hashtags: string[]; host: string },
  { query, hosts, nameOf }: LobbyFacts,
): boolean {
  if (hosts !== null && !hosts.has(nest.host)) return false;
  if (query.trim() === '') return true;
  const words = query.trim().toLowerCase().split(/\s+/);
  const text = [nest.title, nameOf(nest.host), ...nest.hashtags.map((tag) => `#${tag}`)]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function byHeads(a: LiveNest, b: LiveNest): number {
  return (b.heads ?? -1) - (a.heads ?? -1) || (b.since ?? 0) - (a.since ?? 0);
}
