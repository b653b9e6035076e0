import { roomName } from '@nests/protocol/rooms';
import fc from 'fast-check';
import { expect } from 'vitest';
import { NestError } from '../errors.ts';
import type { Actor, Entry } from '../use-cases.ts';
import { type FakeConnection, Refused } from './fake-media.ts';
import type { Fate } from './faults.ts';
import { person, type Replica, World } from './world.ts';

/** What can happen in a schedule, with how often. */
export const EVERYTHING = {
  create: 4,
  plan: 1,
  start: 2,
  recreate: 2,
  join: 16,
  guest: 4,
  oldToken: 6,
  leave: 3,
  promote: 6,
  demote: 3,
  hand: 3,
  ban: 3,
  restart: 6,
  foreignRestart: 1,
  end: 1,
  sweep: 5,
  look: 5,
  crash: 2,
  kill: 1,
  wipe: 1,
} as const;
/** Records get lost while people are inside; nothing that ends a nest for good happens beside it. */
export const LOSSES = {
  create: 3,
  lose: 6,
  join: 14,
  guest: 8,
  promote: 6,
  demote: 3,
  hand: 3,
  ban: 2,
  sweep: 5,
  look: 5,
  crash: 2,
} as const;
type Act = keyof typeof EVERYTHING | keyof typeof LOSSES;

/** One thing that happens, and how long until the next (ms); numbers choose among what there is by then. */
interface Step {
  act: Act;
  who: number;
  nest: number;
  replica: number;
  pause: number;
}

/** A schedule: what happens on how many replicas, while which dependencies fail how often. */
export interface Plan {
  seed: number;
  replicas: number;
  failing: 'nothing' | 'store' | 'media' | 'both';
  /** of every hundred calls, this many fail */
  faultsPerCent: number;
  steps: Step[];
}

/** Any schedule of these acts. */
export function plansOf(acts: Partial<Record<Act, number>>): fc.Arbitrary<Plan> {
  const weights = Object.entries(acts) as [Act, number][];
  return fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 31 }),
    replicas: fc.integer({ min: 1, max: 2 }),
    failing: fc.constantFrom('nothing', 'store', 'media', 'both'),
    faultsPerCent: fc.constantFrom(2, 10, 30),
    steps: fc.array(
      fc.record({
        act: fc.oneof(...weights.map(([act, weight]) => ({ arbitrary: fc.constant(act), weight }))),
        who: fc.nat(3),
        nest: fc.nat(2),
        replica: fc.nat(1),
        pause: fc.oneof(
          { arbitrary: fc.integer({ min: 0, max: 150 }), weight: 6 },
          { arbitrary: fc.integer({ min: 500, max: 3_000 }), weight: 3 },
          { arbitrary: fc.integer({ min: 3_000, max: 60_000 }), weight: 1 },
        ),
      }),
      { minLength: 20, maxLength: 120, size: 'max' },
    ),
  });
}

/** How long a token may stand for a room that was confirmed before, with all the waiting on the way, ms. */
const CONFIRMED_MS = 2_000;
/** The longest a call takes, ms. */
export const SLOWEST_MS = 80;

const PEOPLE = ['host', 'cohost', 'ann', 'eve'].map(person);

/** A nest somebody was told of, and what was promised about it. */
interface Known {
  id: string;
  host: string;
  bans: { pubkey: string; since: number }[];
  /** when ends were promised, ms */
  endedAt: number[];
  /** when restarts were answered, with whatever; Infinity: never */
  restarts: { answered: number }[];
}

/** An id that no server ever knew. */
const MISSING = '6f6f6b2e-0000-4000-8000-000000000009';

/** Runs one schedule and remembers what was promised to whom. */
export class Schedule {
  readonly world = new World();
  readonly known: Known[] = [];
  readonly connections: FakeConnection[] = [];
  /** how many records were lost */
  losses = 0;
  /** who asked to restart the missing nest → the nest they got for it */
  readonly #recreated = new Map<string, string>();
  readonly #tokens: { nest: Known; pubkey: string | null; token: string }[] = [];
  readonly #flying: { replica: Replica; done: Promise<unknown> }[] = [];
  readonly #plan: Plan;
  readonly #random: () => number;
  #lostReplies = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#random = mulberry32(plan.seed);
    for (let count = 1; count < plan.replicas; count += 1) this.world.addReplica();
    const { storeFaults, media } = this.world;
    storeFaults.gate = () => this.#fate(plan.failing === 'store' || plan.failing === 'both');
    media.faults.gate = () => this.#fate(plan.failing === 'media' || plan.failing === 'both');
  }

  /** Nests may exist that nobody was told of: who asked for them never got an answer, or an outage for one. */
  get lostReplies(): number {
    return this.#lostReplies;
  }

  /** A replica that is alive. */
  alive(): Replica {
    return this.#alive()[0] ?? this.world.addReplica();
  }

  /** Lets everything happen, then lets the world come to rest. */
  async run(): Promise<void> {
    for (const step of this.#plan.steps) {
      this.#take(step);
      await this.world.clock.sleep(step.pause);
    }
    this.world.storeFaults.gate = () => 'ok';
    this.world.media.faults.gate = () => 'ok';
    await Promise.all(this.#flying.filter(({ replica }) => replica.isAlive()).map(({ done }) => done));
    await this.world.settled();
    for (let count = 0; count < 10; count += 1) {
      await this.#followNests();
      await this.world.clock.sleep(6_000);
      for (const replica of this.#alive()) await replica.sweep.once('all');
      await this.world.settled();
    }
    for (const replica of this.#alive()) await replica.sweep.once('all');
  }

  #take({ act, who, nest, replica: index, pause }: Step): void {
    const alive = this.#alive();
    const replica = alive[index % alive.length];
    const actor = PEOPLE[who];
    const known = this.known[nest % Math.max(1, this.known.length)];
    if (!replica || !actor) return;
    const work =
      this.#toTheWorld(act, replica, actor.pubkey, pause) ??
      (known && this.#toNest(act, replica, known, actor, pause));
    if (work) this.#launch(replica, work);
  }

  #toTheWorld(act: Act, replica: Replica, pubkey: string, pause: number): (() => unknown) | undefined {
    const { nests, sweep } = replica;
    const { media, clock } = this.world;
    const options = { relays: ['wss://relay.example'], hls_stream: false };
    const starts = Math.floor(clock.now() / 1000) + 3_600;
    const acts: Partial<Record<Act, () => unknown>> = {
      create: () => this.#create(() => nests.create(pubkey, options), pubkey),
      plan: () => this.#create(() => nests.create(pubkey, { ...options, starts }), pubkey),
      recreate: () => this.#recreate(() => nests.restart(MISSING, pubkey), pubkey),
      sweep: () => sweep.once(pause % 2 ? 'live' : 'all'),
      crash: () => this.#crash(replica),
      kill: () => media.kill(),
      wipe: () => media.wipe(),
      leave: () => this.connections[pause % this.connections.length]?.leave(),
    };
    return acts[act];
  }

  #toNest(
    act: Act,
    { nests }: Replica,
    known: Known,
    actor: Actor & { pubkey: string },
    pause: number,
  ): (() => unknown) | undefined {
    const { id, host } = known;
    const { pubkey } = actor;
    const asHost = { pubkey: host, by: 'key' } as const;
    const isHost = pubkey === host;
    const acts: Partial<Record<Act, () => unknown>> = {
      start: async () => this.#enter(known, await nests.start(id, host)),
      join: () => this.#join(known, pubkey, () => nests.join(id, actor)),
      guest: async () => this.#enter(known, await nests.guest(id)),
      oldToken: () => this.#useOldToken(known, pubkey),
      hand: () => nests.hand(id, actor, pause % 2 === 0),
      look: () => nests.look(id),
      lose: () => this.#lose(id),
      restart: () => this.#restart(known, () => nests.restart(id, host)),
      end: async () => {
        await nests.end(id, host);
        known.endedAt.push(this.world.clock.now());
      },
      foreignRestart: () => isHost || this.#foreignRestart(() => nests.restart(id, pubkey)),
      ban: async () => {
        if (isHost) return;
        await nests.remove(id, asHost, { participant: pubkey, ban: true });
        known.bans.push({ pubkey, since: this.world.clock.now() });
      },
      promote: () => isHost || nests.permissions(id, asHost, { participant: pubkey, can_publish: true }),
      demote: () => isHost || nests.permissions(id, asHost, { participant: pubkey, can_publish: false }),
    };
    return acts[act];
  }

  async #create(ask: () => Promise<{ roomId: string; entry?: Entry }>, host: string): Promise<void> {
    this.#lostReplies += 1;
    try {
      const { roomId: id, entry } = await ask();
      const known = this.#remember(id, host);
      if (entry) this.#enter(known, entry);
      this.#lostReplies -= 1;
    } catch (error) {
      // LiveKit's failures leave nothing; whether the store's left anything nobody can know at once.
      if (this.#plan.failing === 'media' || this.#plan.failing === 'nothing') this.#lostReplies -= 1;
      throw error;
    }
  }

  async #recreate(ask: () => Promise<{ entry: Entry }>, host: string): Promise<void> {
    this.#lostReplies += 1;
    // Where the new nest was closed meanwhile, this opens it again, like any restart.
    const restart = { answered: Infinity };
    this.known.find(({ id }) => id === this.#recreated.get(host))?.restarts.push(restart);
    try {
      const { entry } = await ask();
      const { roomId: id } = entry;
      expect(this.#recreated.get(host) ?? id, 'another nest in place of the same missing one').toBe(id);
      const known = this.known.find((nest) => nest.id === id) ?? this.#remember(id, host);
      if (!this.#recreated.has(host)) this.#lostReplies -= 1;
      this.#recreated.set(host, id);
      this.#enter(known, entry);
    } finally {
      restart.answered = this.world.clock.now();
    }
  }

  #remember(id: string, host: string): Known {
    const known: Known = { id, host, bans: [], endedAt: [], restarts: [] };
    this.known.push(known);
    return known;
  }

  async #join(known: Known, pubkey: string, ask: () => Promise<Entry>): Promise<void> {
    const asked = this.world.clock.now();
    const banned = known.bans.some((ban) => ban.pubkey === pubkey && ban.since <= asked);
    const entry = await ask();
    expect(banned, 'a banned key got a token').toBe(false);
    this.#enter(known, entry);
  }

  async #restart(known: Known, ask: () => Promise<{ isNewRoom: boolean; entry: Entry }>): Promise<void> {
    const restart = { answered: Infinity };
    known.restarts.push(restart);
    try {
      const { isNewRoom, entry } = await ask();
      expect(isNewRoom, 'a known nest was replaced by a new one').toBe(false);
      this.#enter(known, entry);
    } finally {
      restart.answered = this.world.clock.now();
    }
  }

  async #foreignRestart(ask: () => Promise<unknown>): Promise<void> {
    const answer = await ask().then(
      () => 'restarted',
      (error: unknown) => error,
    );
    expect(answer, 'somebody else restarted a nest').toBeInstanceOf(NestError);
  }

  /** An operator deletes the record while people are inside and its sealed copy is as new as the record. */
  async #lose(id: string): Promise<void> {
    const { truth, media, seal } = this.world;
    const record = await truth.get(id);
    if (!record) return;
    const room = roomName(id, record.generation);
    // LiveKit cannot compare and set: a copy that is being written might still be an older one.
    const isWriting = (media.underWay.get('setMetadata') ?? 0) > 0;
    const isSealed = !isWriting && seal.open(media.metadataOf(room) ?? '')?.rev === record.rev;
    if (isSealed && media.inside(room).length > 1 && (await truth.drop(id, record.rev))) this.losses += 1;
  }

  /** A token was given: its room must have been confirmed; then its owner connects, unless the room is gone by then. */
  #enter(nest: Known, { roomId, generation, token, pubkey }: Entry): void {
    const { media, clock } = this.world;
    const name = roomName(roomId, generation);
    const goneAt = media.roomNames.includes(name) ? clock.now() : (media.goneAt.get(name) ?? -Infinity);
    expect(clock.now() - goneAt, `a token for ${name}, which LiveKit does not have`).toBeLessThan(
      CONFIRMED_MS,
    );
    this.#tokens.push({ nest, pubkey, token });
    this.#connect(token);
  }

  #useOldToken(nest: Known, pubkey: string): void {
    const token = this.#tokens.find((given) => given.nest === nest && given.pubkey === pubkey)?.token;
    if (token !== undefined) this.#connect(token);
  }

  #connect(token: string): void {
    try {
      this.connections.push(this.world.media.connect(token));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  /** People go where their nest has gone, as their apps do. */
  async #followNests(): Promise<void> {
    const records = new Map((await this.world.truth.all()).map((record) => [record.id, record]));
    for (const connection of this.connections) {
      const id = connection.room.slice(0, connection.room.lastIndexOf(':'));
      const generation = records.get(id)?.generation ?? 0;
      if (connection.room !== roomName(id, generation)) connection.leave();
    }
  }

  #crash(replica: Replica): void {
    replica.die();
    this.world.addReplica();
  }

  #alive(): Replica[] {
    return this.world.replicas.filter((replica) => replica.isAlive());
  }

  /** Outages and refusals are part of life; anything else is a fault of ours. */
  #launch(replica: Replica, work: () => unknown): void {
    const done = Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        const isExpected = error instanceof NestError || isOutage(error);
        if (!isExpected || (error instanceof NestError && error.code === 'internal')) throw error;
      });
    // A failure shows when the schedule waits for it, and must not end the process before.
    done.catch(() => undefined);
    this.#flying.push({ replica, done });
  }

  async #fate(mayFail: boolean): Promise<Fate> {
    await this.world.clock.sleep(Math.floor(this.#random() * SLOWEST_MS));
    if (!mayFail || this.#random() * 100 >= this.#plan.faultsPerCent) return 'ok';
    return this.#random() < 0.5 ? 'lost before' : 'lost after';
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof Error && ['StoreUnavailable', 'MediaUnavailable'].includes(error.name);
}

/** A small random generator, so that a schedule is the same each time it is run. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
