import { formatAddress, LIVE_ACTIVITY_KIND, NEST_KIND, type NestAddress } from '@nests/protocol/address';
import { CHAT_KIND, makeChatMessage, type ChatMessage } from '@nests/protocol/chat';
import type { EventTemplate, NostrEvent, SignEvent } from '@nests/protocol/event';
import { readNestEvent, type NestEvent } from '@nests/protocol/nest-event';
import { makeLeaving, makePresence, type PresenceState } from '@nests/protocol/presence';
import { safeRelayUrl } from '@nests/protocol/urls';
import type { Filter } from 'applesauce-core/helpers/filter';
import type { RelayOptions } from 'applesauce-relay/relay';
import type { ReadableAtom } from 'nanostores';
import { CHAT_SHOWN, conversation, freshReactions } from './conversation.ts';
import { Intake } from './intake.ts';
import { atMostEvery, live, memo } from './live.ts';
import { makeProfile } from './profile.ts';
import { Profiles } from './profiles.ts';
import { makeReaction, REACTION_FRESH_S, REACTION_KIND } from './emoji.ts';
import { Reader } from './reader.ts';
import { Relays } from './relays.ts';
import type { NostrGateway, Profile, PublishResult, Reaction, RelayState, ReplyTo } from './types.ts';
import { Verifier, verifyInWorker } from './verifier.ts';

/** What a gateway is made of; all but the relays is for tests. */
export interface GatewayParts {
  /** The relays of this server, read and written by default. */
  relays: readonly string[];
  /** Milliseconds. */
  now?: () => number;
  relayOptions?: RelayOptions;
  /** Milliseconds until a profile that no relay had is asked for again. */
  profileAgainMs?: number;
}

/** An event that names twenty relays must not make us connect to twenty. */
const MAX_FOREIGN_RELAYS = 5;
const ANNOUNCED_LIMIT = 2_000;
const ANNOUNCED_EVERY_MS = 200;
const CHAT_LIMIT = 200;
/** What a nest's chat may grow to in memory before the oldest goes. */
const CHAT_KEPT = 2 * CHAT_SHOWN;
/** NIP-02. */
const FOLLOWS_KIND = 3;
const SAY_EVERY_MS = 1_000;

/** Opens the way to the relays. */
export function createGateway(parts: GatewayParts): NostrGateway {
  return new Gateway(parts);
}

class Gateway implements NostrGateway {
  private readonly defaults: readonly string[];
  private readonly now: () => number;
  private readonly relays: Relays;
  private readonly intake: Intake;
  private readonly reader: Reader;
  private readonly profiles: Profiles;
  private readonly worker = verifyInWorker();
  private readonly nests = memo<ReadableAtom<NestEvent | null | undefined>>();
  private readonly lists = memo<ReadableAtom<NestEvent[]>>();
  private readonly chats = memo<ReadableAtom<ChatMessage[]>>();
  private readonly reactionLists = memo<ReadableAtom<Reaction[]>>();
  private readonly followLists = memo<ReadableAtom<readonly string[] | undefined>>();
  private saying: Promise<unknown> = Promise.resolve();
  private lastSaid = -Infinity;
  private lastPresence = 0;

  readonly relayStates: ReadableAtom<Record<string, RelayState>>;

  constructor({ relays, now = Date.now, relayOptions, profileAgainMs }: GatewayParts) {
    this.defaults = relays.map((url) => safeRelayUrl(url, true)).filter((url) => url !== null);
    this.now = now;
    this.relays = new Relays(relayOptions);
    this.intake = new Intake(new Verifier(this.worker.check));
    this.reader = new Reader(this.relays, this.intake);
    this.profiles = new Profiles(this.reader, this.seconds(), profileAgainMs);
    this.relayStates = this.relays.$states;
  }

  nest(address: NestAddress): ReadableAtom<NestEvent | null | undefined> {
    const relays = this.relaysOf(address);
    return this.nests(`${formatAddress(address)} ${relays.join(' ')}`, () =>
      live<NestEvent | null | undefined>(undefined, (set) => {
        let hasLooked = false;
        const show = (): void => {
          const nest = this.stored(address);
          if (nest !== null || hasLooked) set(nest);
        };
        show();
        return this.reader.watch(relays, [filterOf(address)], {
          changed: show,
          settled: () => {
            hasLooked = true;
            show();
          },
        });
      }),
    );
  }

  async latestNest(address: NestAddress, timeoutMs: number): Promise<NestEvent | null> {
    await this.reader.request(this.relaysOf(address), [filterOf(address)], timeoutMs);
    return this.stored(address);
  }

  async nestsByD(d: string, timeoutMs: number): Promise<NestEvent[]> {
    const filters = [{ kinds: [NEST_KIND, LIVE_ACTIVITY_KIND], '#d': [d], limit: 50 }];
    return readNests(await this.reader.request(this.defaults, filters, timeoutMs));
  }

  announced(relays: readonly string[]): ReadableAtom<NestEvent[]> {
    const urls = this.usable(relays);
    return this.lists(urls.join(' '), () =>
      live<NestEvent[]>([], (set) => {
        const filters = [{ kinds: [NEST_KIND] }];
        const show = (): void => set(readNests(this.reader.known(filters)).filter(isListed));
        const showSoon = atMostEvery(ANNOUNCED_EVERY_MS, show);
        show();
        const stop = this.reader.watch(urls, [{ ...filters[0], limit: ANNOUNCED_LIMIT }], {
          changed: showSoon.call,
          isPatient: true,
        });
        return () => {
          stop();
          showSoon.stop();
        };
      }),
    );
  }

  chat(address: NestAddress): ReadableAtom<ChatMessage[]> {
    const relays = this.relaysOf(address);
    const filters = [{ kinds: [CHAT_KIND], '#a': [formatAddress(address)] }];
    return this.chats(`${formatAddress(address)} ${relays.join(' ')}`, () =>
      live<ChatMessage[]>([], (set) => {
        const show = (): void => {
          this.forgetOldest(filters);
          set(conversation(this.reader.known(filters), address, this.seconds()));
        };
        show();
        return this.reader.watch(relays, [{ ...filters[0], limit: CHAT_LIMIT }], { changed: show });
      }),
    );
  }

  private forgetOldest(filters: Filter[]): void {
    const events = this.reader.known(filters);
    if (events.length <= CHAT_KEPT) return;
    events.sort((a, b) => a.created_at - b.created_at);
    for (const event of events.slice(0, events.length - CHAT_KEPT)) this.intake.store.remove(event);
  }

  reactions(address: NestAddress): ReadableAtom<Reaction[]> {
    const relays = this.relaysOf(address);
    const filters = [{ kinds: [REACTION_KIND], '#a': [formatAddress(address)] }];
    return this.reactionLists(`${formatAddress(address)} ${relays.join(' ')}`, () =>
      live<Reaction[]>([], (set) => {
        const seenAt = new Map<string, number>();
        let timer: ReturnType<typeof setTimeout> | undefined;
        const show = (): void => {
          clearTimeout(timer);
          const { shown, nextChangeMs } = freshReactions(this.reader.known(filters), seenAt, this.now());
          set(shown);
          if (nextChangeMs !== undefined) timer = setTimeout(show, nextChangeMs);
        };
        const since = this.seconds() - REACTION_FRESH_S;
        const stop = this.reader.watch(relays, [{ ...filters[0], since }], { changed: show });
        return () => {
          stop();
          clearTimeout(timer);
          set([]);
        };
      }),
    );
  }

  profile(pubkey: string, relays: readonly string[] = []): ReadableAtom<Profile | undefined> {
    return this.profiles.profile(pubkey, this.withDefaults(relays));
  }

  follows(pubkey: string): ReadableAtom<readonly string[] | undefined> {
    return this.followLists(pubkey, () =>
      live<readonly string[] | undefined>(undefined, (set) => {
        const show = (isOver: boolean): void => {
          const event = this.intake.store.getReplaceable(FOLLOWS_KIND, pubkey);
          if (event !== undefined || isOver) set(followsIn(event?.tags ?? []));
        };
        show(false);
        return this.reader.watch(this.defaults, [{ kinds: [FOLLOWS_KIND], authors: [pubkey] }], {
          changed: () => show(false),
          settled: () => show(true),
        });
      }),
    );
  }

  retry(): void {
    this.relays.retryNow();
  }

  publish(event: NostrEvent, relays: readonly string[]): Promise<PublishResult[]> {
    return Promise.all(this.usable(relays).map((url) => this.deliver(event, url)));
  }

  async send(template: EventTemplate, sign: SignEvent, relays: readonly string[]): Promise<boolean> {
    const event = await sign(template);
    const accepted = this.usable(relays).map(async (url) => {
      const { ok, message } = await this.deliver(event, url);
      if (!ok) throw new Error(message);
    });
    return Promise.any(accepted).then(
      () => true,
      () => false,
    );
  }

  private async deliver(event: NostrEvent, url: string): Promise<PublishResult> {
    const result = await this.relays.publish(url, event);
    // Our own screens need not wait for the relay to send it back.
    if (result.ok) await this.intake.takeOwn(event);
    return result;
  }

  say(text: string, address: NestAddress, sign: SignEvent, replyTo?: ReplyTo): Promise<boolean> {
    const said = this.saying.then(async () => {
      await sleep(this.lastSaid + SAY_EVERY_MS - this.now());
      this.lastSaid = this.now();
      return this.send(makeChatMessage(text, address, this.seconds(), replyTo), sign, this.relaysOf(address));
    });
    this.saying = said.catch(() => undefined);
    return said;
  }

  react(emoji: string, address: NestAddress, sign: SignEvent, message?: ReplyTo): Promise<boolean> {
    return this.send(makeReaction(emoji, address, this.seconds(), message), sign, this.relaysOf(address));
  }

  announcePresence(address: NestAddress, state: PresenceState | null, sign: SignEvent): Promise<boolean> {
    // Two within a second would leave it to chance which one replaces the other.
    const now = (this.lastPresence = Math.max(this.seconds(), this.lastPresence + 1));
    const template = state === null ? makeLeaving(address, now) : makePresence(address, state, now);
    return this.send(template, sign, this.relaysOf(address));
  }

  publishProfile(profile: { name: string; picture?: string }, sign: SignEvent): Promise<boolean> {
    return this.send(makeProfile(profile, this.seconds()), sign, this.defaults);
  }

  close(): void {
    this.profiles.close();
    this.relays.close();
    this.intake.close();
    this.worker.close();
  }

  private seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  private stored({ host, d, kind }: NestAddress): NestEvent | null {
    const event = this.intake.store.getReplaceable(kind ?? NEST_KIND, host, d);
    return event === undefined ? null : readOnce(event);
  }

  /** This server's relays, then those that the nest names. */
  private relaysOf(address: NestAddress): string[] {
    return this.withDefaults(address.relays ?? []);
  }

  private withDefaults(relays: readonly string[]): string[] {
    return this.usable([...this.defaults, ...relays]).slice(0, this.defaults.length + MAX_FOREIGN_RELAYS);
  }

  /** Each once, without those that nobody should connect to; plain ones only where this server itself names them. */
  private usable(urls: readonly string[]): string[] {
    const safe = urls.map((url) => safeRelayUrl(url, this.defaults.includes(url)));
    return [...new Set(safe.filter((url) => url !== null))];
  }
}

function filterOf({ host, d, kind }: NestAddress): Filter {
  return { kinds: [kind ?? NEST_KIND], authors: [host], '#d': [d] };
}

function followsIn(tags: readonly string[][]): string[] {
  return tags.flatMap(([name, pubkey]) => (name === 'p' && pubkey !== undefined ? [pubkey] : []));
}

function isListed(nest: NestEvent): boolean {
  return nest.status !== 'closed';
}

const alreadyRead = new WeakMap<NostrEvent, NestEvent | null>();

/** The same event gives the same object, so that what did not change is not drawn again. */
function readOnce(event: NostrEvent): NestEvent | null {
  const known = alreadyRead.get(event);
  if (known !== undefined) return known;
  const nest = readNestEvent(event);
  alreadyRead.set(event, nest);
  return nest;
}

function readNests(events: NostrEvent[]): NestEvent[] {
  const nests = events.map(readOnce).filter((nest) => nest !== null);
  return nests.sort((a, b) => b.createdAt - a.createdAt || (a.event.id < b.event.id ? -1 : 1));
}

function sleep(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
