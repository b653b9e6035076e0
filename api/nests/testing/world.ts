import { createHash } from 'node:crypto';
import type { FeedEvent } from '@nests/protocol/api';
// eslint-disable-next-line no-restricted-imports -- the tests' world is where the domain meets a store
import { makeMemoryStore } from '../../store/memory-for-tests.ts';
import { NestError } from '../errors.ts';
import { makeDomain, type Domain, type DomainOptions } from '../nests.ts';
import { type Feed, type Ids, type Log, type NestStore, StoreUnavailable } from '../ports.ts';
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

/** A store, a LiveKit, a feed and a clock, and as many replicas of the domain on them as a test wants. */
export class World {
  readonly clock = new VirtualClock();
  readonly media = new FakeMedia(this.clock);
  readonly storeFaults = new Faults((call) => new StoreUnavailable(`fake store lost ${call}`));
  /** the store behind its faults: what is really stored */
  readonly truth: NestStore = makeMemoryStore(this.clock);
  readonly store: NestStore = faulty(this.truth, this.storeFaults);
  /** every store call that came through, by name */
  readonly storeCalls: string[] = [];
  readonly told: Told[] = [];
  readonly lines: Line[] = [];
  readonly seal = makeSeal(['the secret of this world']);
  readonly replicas: Domain[] = [];
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
  replica(index = 0): Domain {
    const replica = this.replicas[index];
    if (!replica) throw new Error(`there is no replica ${index}`);
    return replica;
  }

  /** Another API process on the same store and LiveKit; it knows nothing of what the others saw. */
  addReplica(): Domain {
    const { clock, media } = this;
    const store = counted(this.store, this.storeCalls);
    const ids: Ids = { uuid: () => this.#uuid(), random: () => `r${(this.#count += 1)}` };
    const replica = makeDomain(
      { store, media, feed: this.#feed(), clock, ids, seal: this.seal, log: this.#log() },
      this.#options,
    );
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
    for (const { nests } of this.replicas) await nests.settled();
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

/** Every call passes the faults first. */
function faulty(store: NestStore, faults: Faults): NestStore {
  return wrapped(store, (call, work) => faults.through(call, work));
}

function counted(store: NestStore, calls: string[]): NestStore {
  return wrapped(store, (call, work) => {
    calls.push(call);
    return work();
  });
}

function wrapped(
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
    useOnce: (...args) => through('useOnce', () => store.useOnce(...args)),
    hit: (...args) => through('hit', () => store.hit(...args)),
    lease: (...args) => through('lease', () => store.lease(...args)),
    epoch: () => through('epoch', () => store.epoch()),
    setEpoch: (...args) => through('setEpoch', () => store.setEpoch(...args)),
    ping: () => through('ping', () => store.ping()),
    close: () => store.close(),
  };
}
