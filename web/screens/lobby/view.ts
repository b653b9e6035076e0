import type { NestListItem } from '@nests/protocol/api';
import type { NestAddress } from '@nests/protocol/address';
import type { NestEvent } from '@nests/protocol/nest-event';

/** A nest one can go to now. */
export interface LiveNest {
  key: string;
  /** Where it opens: a path of ours, or another client's page when we cannot play it. */
  href: string;
  elsewhere: boolean;
  host: string;
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
export interface UpcomingNest {
  key: string;
  href: string;
  elsewhere: boolean;
  host: string;
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
  pathOf: (roomId: string, host: string) => string;
  naddrOf: (address: NestAddress) => string;
  query: string;
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
      .map((event) => fromEvent(event, facts)),
  ];
  const upcoming = facts.events
    .filter((event) => !(ours(event) && listed.has(event.address.d)))
    .flatMap((event) => planned(event, facts, ours(event)));
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
    href: facts.pathOf(item.roomId, item.host),
    elsewhere: false,
    host: item.host,
    title: event ? event.title || null : facts.settled ? null : undefined,
    image: event?.image,
    color: event?.color,
    hashtags: event?.hashtags ?? [],
    people: [...new Set([item.host, ...item.speakers])],
    heads: item.participantCount,
    since: item.startedAt,
  };
}

function fromEvent(event: NestEvent, facts: LobbyFacts): LiveNest {
  return {
    ...whereTo(event, facts, false),
    host: event.address.host,
    title: event.title || null,
    image: event.image,
    color: event.color,
    hashtags: event.hashtags,
    people: event.people.map((person) => person.pubkey),
    heads: null,
    since: event.starts === undefined ? null : event.starts * 1000,
  };
}

function planned(event: NestEvent, facts: LobbyFacts, ours: boolean): UpcomingNest[] {
  const starts = (event.starts ?? 0) * 1000;
  if (event.status !== 'planned' || starts < facts.now - HOUR) return [];
  const { host } = event.address;
  const { title, summary, hashtags } = event;
  return [{ ...whereTo(event, facts, ours), host, title: title || null, summary, hashtags, starts }];
}

/** Ours opens under its room id; what we can play under its naddr; the rest at a page that knows other clients. */
function whereTo(event: NestEvent, facts: LobbyFacts, ours: boolean) {
  const { host, d } = event.address;
  const key = `${host}:${d}`;
  if (ours) return { key, href: facts.pathOf(d, host), elsewhere: false };
  const naddr = facts.naddrOf(event.address);
  if (event.transport === 'livekit') return { key, href: `/nest/${naddr}`, elsewhere: false };
  return { key, href: `https://njump.me/${naddr}`, elsewhere: true };
}

function wanted(
  nest: { title: string | null | undefined; hashtags: string[]; host: string },
  { query, nameOf }: LobbyFacts,
): boolean {
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
