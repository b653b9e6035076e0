import { createHash } from 'node:crypto';
import type { FeedEvent } from '@nests/protocol/api';
// eslint-disable-next-line no-restricted-imports -- the tests' world is where the domain meets a store
import { makeMemoryStore } from '../../store/memory-for-tests.ts';
import { NestError } from '../errors.ts';
import { makeDomain, type Domain, type DomainOptions } from '../nests.ts';
import {
  type Feed,
  type Ids,
  type Log,
  type MediaServer,
  type NestStore,
  StoreUnavailable,
} from '../ports.ts';
import type { NestRecord } from '../record.ts';
import { makeSeal } from '../seal.ts';
import type { Actor, Entry } from '../use-cases.ts';
import { type FakeConnection, FakeMedia } from './fake-media.ts';
import { Faults } from './faults.ts';
import { VirtualClock } from './virtual-clock.ts';

/** One line that the domain logged. */
export interface Line {
  level: keyof Log;
  message: string;
  fields: object;
}

/** One event of the feed. */
export interface Told {
  nestId: string;
  event: FeedEvent;
  rev: number;
}

const RELAYS = ['wss://relay.example'];

/** One API process of a world. */
export interface Replica extends Domain {
  /** Kills it: nothing that it has begun goes on, nobody who waits for it hears of it again. */
  die(): void;
  isAlive(): boolean;
}

/** A store, a LiveKit, a feed and a clock, and as many replicas of the domain on them as a test wants. */
export class World {
  readonly clock = new VirtualClock();
  readonly media = new FakeMedia(this.clock);
  readonly storeFaults = new Faults((call) => new StoreUnavailable(`fake store lost ${call}`));
  /** the store behind its faults: what is really stored */
  readonly truth: NestStore = makeMemoryStore(this.clock);
  /** every record that was ever stored, in order */
  readonly history: NestRecord[] = [];
  readonly store: NestStore = faulty(this.truth, this.storeFaults, this.history);
  /** every store call that came through, by name */
  readonly storeCalls: string[] = [];
  readonly told: Told[] = [];
  readonly lines: Line[] = [];
  readonly seal = makeSeal(['the secret of this world']);
  readonly replicas: Replica[] = [];
  readonly #options: DomainOptions;
  #count = 0;

  constructor(options: Partial<DomainOptions> = {}) {
    this.#options = { capacity: 1000, createLimit: null, ...options };
    this.addReplica();
  }

  /** The first replica's use cases. */
  get nests(): Domain['nests'] {
    return this.replica().nests;
  }

  /** The first replica's sweep. */
  get sweep(): Domain['sweep'] {
    return this.replica().sweep;
  }

  /** How often the first replica repaired what. */
  get repairs(): Domain['repairs'] {
    return this.replica().repairs;
  }

  /** One replica; the first unless told otherwise. */
  replica(index = 0): Replica {
    const replica = this.replicas[index];
    if (!replica) throw new Error(`there is no replica ${index}`);
    return replica;
  }

  /** Another API process on the same store and LiveKit; it knows nothing of what the others saw. */
  addReplica(): Replica {
    const { clock, media } = this;
    let dead = false;
    const asLongAsItLives = <T>(work: () => Promise<T>): Promise<T> => {
      if (dead) return new Promise(() => undefined);
      return work().finally(() => (dead ? new Promise(() => undefined) : undefined));
    };
    const store = wrapStore(this.store, (call, work) => {
      if (!dead) this.storeCalls.push(call);
      return asLongAsItLives(work);
    });
    const ids: Ids = { uuid: () => this.#uuid(), random: () => `r${(this.#count += 1)}` };
    const ports = {
      store,
      media: wrapMedia(media, asLongAsItLives),
      feed: this.#feed(),
      clock,
      ids,
      seal: this.seal,
      log: this.#log(),
    };
    const replica: Replica = {
      ...makeDomain(ports, this.#options),
      die: () => {
        dead = true;
      },
      isAlive: () => !dead,
    };
    this.replicas.push(replica);
    return replica;
  }

  /** What is stored, past all faults. */
  async record(id: string): Promise<NestRecord> {
    const record = await this.truth.get(id);
    if (!record) throw new Error(`nothing is stored for ${id}`);
    return record;
  }

  /** Removes a stored record as an operator would. */
  async forget(id: string): Promise<void> {
    const record = await this.record(id);
    await this.truth.drop(id, record.rev);
  }

  /** A nest that is open, and its host's place in it. */
  async openNest(
    host: Actor,
    options: Partial<Parameters<Domain['nests']['create']>[1]> = {},
  ): Promise<Entry> {
    const { entry } = await this.nests.create(keyOf(host), { relays: RELAYS, hls_stream: false, ...options });
    if (!entry) throw new Error('a planned nest is not open');
    return entry;
  }

  /** Lets somebody in, all the way into LiveKit. */
  async enter(id: string, actor: Actor | 'guest'): Promise<FakeConnection> {
    const entry = actor === 'guest' ? await this.nests.guest(id) : await this.nests.join(id, actor);
    return this.media.connect(entry.token);
  }

  /** The events the feed told about a nest, `state` left out. */
  toldAbout(id: string): FeedEvent[] {
    return this.told
      .filter(({ nestId, event }) => nestId === id && event.type !== 'state')
      .map(({ event }) => event);
  }

  /** Waits until nothing is under way in the background. */
  async settled(): Promise<void> {
    for (const replica of this.replicas) if (replica.isAlive()) await replica.nests.settled();
  }

  #feed(): Feed {
    return {
      publish: (nestId, event, rev) => void this.told.push({ nestId, event, rev }),
      subscribe: () => () => undefined,
    };
  }

  #log(): Log {
    const at =
      (level: keyof Log) =>
      (message: string, fields: object = {}) =>
        void this.lines.push({ level, message, fields });
    return { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
  }

  #uuid(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${String(this.#count).padStart(12, '0')}`;
  }
}

/** Somebody with a key, by name; always the same key for the same name. */
export function person(name: string): Actor & { pubkey: string } {
  return { pubkey: createHash('sha256').update(name).digest('hex'), by: 'key' };
}

/** The same somebody with the session of this place. */
export function withSession({ pubkey, identity }: Pick<Entry, 'pubkey' | 'identity'>): Actor {
  return { pubkey, identity, by: 'session' };
}

/** The code a use case refuses with; anything else that is thrown is passed on. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof NestError) return error.code;
    throw error;
  }
  return 'no refusal';
}

function keyOf({ pubkey }: Actor): string {
  if (pubkey === null) throw new Error('guests have no key');
  return pubkey;
}

/** Every call passes the faults first; what is stored is written down. */
function faulty(store: NestStore, faults: Faults, history: NestRecord[]): NestStore {
  const noted: NestStore = {
    ...store,
    put: async (record, expectedRev) => {
      const stored = await store.put(record, expectedRev);
      if (stored) history.push(structuredClone(record));
      return stored;
    },
  };
  return wrapStore(noted, (call, work) => faults.through(call, work));
}

type Through = <T>(work: () => Promise<T>) => Promise<T>;

function wrapStore(
  store: NestStore,
  through: <T>(call: string, work: () => Promise<T>) => Promise<T>,
): NestStore {
  return {
    get: (...args) => through('get', () => store.get(...args)),
    put: (...args) => through('put', () => store.put(...args)),
    drop: (...args) => through('drop', () => store.drop(...args)),
    active: () => through('active', () => store.active()),
    all: () => through('all', () => store.all()),
    purge: (...args) => through('purge', () => store.purge(...args)),
    successor: (...args) => through('successor', () => store.successor(...args)),
    claimSuccessor: (...args) => through('claimSuccessor', () => store.claimSuccessor(...args)),
    successors: () => through('successors', () => store.successors()),
    useOnce: (...args) => through('useOnce', () => store.useOnce(...args)),
    hit: (...args) => through('hit', () => store.hit(...args)),
    lease: (...args) => through('lease', () => store.lease(...args)),
    epoch: () => through('epoch', () => store.epoch()),
    setEpoch: (...args) => through('setEpoch', () => store.setEpoch(...args)),
    ping: () => through('ping', () => store.ping()),
    close: () => store.close(),
  };
}

function wrapMedia(media: MediaServer, through: Through): MediaServer {
  return {
    createRoom: (...args) => through(() => media.createRoom(...args)),
    rooms: (...args) => through(() => media.rooms(...args)),
    participants: (...args) => through(() => media.participants(...args)),
    setMetadata: (...args) => through(() => media.setMetadata(...args)),
    deleteRoom: (...args) => through(() => media.deleteRoom(...args)),
    setRole: (...args) => through(() => media.setRole(...args)),
    muteMicrophone: (...args) => through(() => media.muteMicrophone(...args)),
    remove: (...args) => through(() => media.remove(...args)),
    send: (...args) => through(() => media.send(...args)),
    token: (...args) => through(() => media.token(...args)),
    ping: () => through(() => media.ping()),
  };
}
