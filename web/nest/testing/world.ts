import { eventId, type EventTemplate, type NostrEvent } from '@nests/protocol/event';
import {
  makeNestEvent,
  type NestEvent,
  type NestEventInput,
  readNestEvent,
} from '@nests/protocol/nest-event';
import { atom, type WritableAtom } from 'nanostores';

import { HostActions } from '../host-actions.ts';
import { openNest } from '../index.ts';
import type { KeyValues, NestNostr, NestPorts } from '../ports.ts';
import type { NestSession, OpenNestOptions } from '../session-types.ts';
import { FakeApi } from './fake-api.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeMedia } from './fake-media.ts';

export const HOST = 'a'.repeat(64);
export const ME = 'b'.repeat(64);
export const STRANGER = 'c'.repeat(64);
export const OTHER = 'd'.repeat(64);

/** A signature nobody checks here: verifying is web/nostr's work, and has its own tests. */
export function signedBy(pubkey: string, template: EventTemplate): NostrEvent {
  const unsigned = { ...template, pubkey };
  return { ...unsigned, id: eventId(unsigned), sig: '0'.repeat(128) };
}

/** Relays in memory: what is sent can be read, and a test may put events there. */
export class FakeNostr {
  readonly sent: NostrEvent[] = [];
  readonly presences: unknown[] = [];
  readonly #nests = new Map<string, WritableAtom<NestEvent | null | undefined>>();
  /** Relays that take nothing. */
  readonly deaf = new Set<string>();
  /** While true, no relay takes anything that is sent to all. */
  allDeaf = false;

  readonly port: NestNostr = {
    publish: async (event, relays) => {
      this.#keep(event);
      return relays.map((relay) =>
        this.deaf.has(relay) ? { relay, ok: false, message: 'blocked' } : { relay, ok: true },
      );
    },
    nest: (address) => this.#atom(address.host, address.d),
    latestNest: async (address) => this.#atom(address.host, address.d).get() ?? null,
    nestsByD: async (d) =>
      [...this.#nests.values()].flatMap(($nest) => {
        const nest = $nest.get();
        return nest?.address.d === d ? [nest] : [];
      }),
    say: async () => true,
    react: async () => true,
    announcePresence: async (_address, state) => {
      this.presences.push(state);
      return true;
    },
    send: async (template, sign) => {
      const event = await sign(template);
      if (!this.allDeaf) this.#keep(event);
      return !this.allDeaf;
    },
  };

  /** Put a nest's event onto the relays. */
  announce(
    author: string,
    input: Partial<NestEventInput> & { roomId: string; now: number },
    extra: string[][] = [],
  ): void {
    const template = makeNestEvent({
      host: author,
      title: 'Evening',
      status: 'open',
      service: 'https://nests.test',
      streaming: ['wss+livekit://livekit.test'],
      relays: ['wss://relay.test'],
      webLink: 'https://nests.test/nest/x',
      ...input,
    });
    this.#show(signedBy(author, { ...template, tags: [...template.tags, ...extra] }));
  }

  /** The relays have said all they know about this nest. */
  nothingKnown(host: string, d: string): void {
    this.#atom(host, d).set(null);
  }

  #keep(event: NostrEvent): void {
    this.sent.push(event);
    this.#show(event);
  }

  #show(event: NostrEvent): void {
    const nest = readNestEvent(event);
    if (nest) this.#atom(nest.address.host, nest.address.d).set(nest);
  }

  #atom(host: string, d: string): WritableAtom<NestEvent | null | undefined> {
    const key = `${host} ${d}`;
    const $nest = this.#nests.get(key) ?? atom<NestEvent | null | undefined>(undefined);
    this.#nests.set(key, $nest);
    return $nest;
  }
}

function memory(): KeyValues & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    get: (key) => all.get(key) ?? null,
    set: (key, value) => void all.set(key, value),
    remove: (key) => void all.delete(key),
  };
}

/** Everything around a session, in memory. */
export class World {
  readonly clock = new FakeClock();
  readonly media = new FakeMedia();
  readonly nostr = new FakeNostr();
  readonly api: FakeApi;
  readonly tab = memory();
  readonly browser = memory();
  readonly log: string[] = [];
  readonly paths: string[] = [];
  readonly ports: NestPorts;
  loadHost = async () => ({ HostActions });
  #online: () => void = () => undefined;

  /** @param me who is signed in; null = nobody */
  constructor(me: string | null = ME) {
    this.api = new FakeApi(this.media, me);
    this.ports = {
      api: this.api,
      nostr: this.nostr.port,
      loadMedia: async () => this.media,
      account: me === null ? null : { pubkey: me, sign: async (template) => signedBy(me, template) },
      clock: this.clock,
      around: {
        tab: this.tab,
        browser: this.browser,
        replacePath: (path) => void this.paths.push(path),
        onOnline: (fn) => {
          this.#online = fn;
          return () => undefined;
        },
        log: (line, fields) => void this.log.push(fields ? `${line} ${JSON.stringify(fields)}` : line),
      },
      defaultRelays: ['wss://relay.test'],
      publicUrl: 'https://nests.test',
    };
  }

  /** Open a nest and let it find out what it can. */
  async open(options: Partial<OpenNestOptions> = {}): Promise<NestSession> {
    const session = openNest({ roomId: 'nest', ...options }, this.ports, () => this.loadHost());
    await settle();
    return session;
  }

  /** Open a nest and be in it. */
  async enter(options: Partial<OpenNestOptions> = {}): Promise<NestSession> {
    const session = await this.open(options);
    await join(session);
    return session;
  }

  networkIsBack(): void {
    this.#online();
  }

  /** Unix seconds. */
  get nowS(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

/** Click "Join". */
export async function join(session: NestSession): Promise<void> {
  void session.$join.get()?.();
  await settle();
}
