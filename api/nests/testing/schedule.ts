import { identityPubkey } from '@nests/protocol/identity';
import { roomName } from '@nests/protocol/rooms';
import fc from 'fast-check';
import { expect } from 'vitest';
import { NestError } from '../errors.ts';
import type { Actor, Entry } from '../use-cases.ts';
import { type FakeConnection, Refused } from './fake-media.ts';
import type { Fate } from './faults.ts';
import { person, type Replica, World } from './world.ts';

/** What can happen in a schedule, with how often. */
const ACTS = {
  create: 4,
  plan: 1,
  start: 2,
  join: 10,
  guest: 4,
  oldToken: 3,
  leave: 3,
  promote: 4,
  demote: 3,
  hand: 3,
  ban: 4,
  restart: 5,
  foreignRestart: 1,
  end: 2,
  sweep: 4,
  look: 3,
  crash: 2,
  kill: 1,
  wipe: 1,
} as const;
type Act = keyof typeof ACTS;

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

/** Any schedule. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  replicas: fc.integer({ min: 1, max: 2 }),
  failing: fc.constantFrom('nothing', 'store', 'media', 'both'),
  faultsPerCent: fc.constantFrom(2, 10, 30),
  steps: fc.array(
    fc.record({
      act: fc.oneof(
        ...Object.entries(ACTS).map(([act, weight]) => ({ arbitrary: fc.constant(act as Act), weight })),
      ),
      who: fc.nat(3),
      nest: fc.nat(3),
      replica: fc.nat(1),
      pause: fc.oneof(
        { arbitrary: fc.integer({ min: 0, max: 150 }), weight: 6 },
        { arbitrary: fc.integer({ min: 500, max: 3_000 }), weight: 3 },
        { arbitrary: fc.integer({ min: 3_000, max: 60_000 }), weight: 1 },
      ),
    }),
    { minLength: 10, maxLength: 50 },
  ),
});

/** How long a token may stand for a room that was confirmed before, with all the waiting on the way, ms. */
const CONFIRMED_MS = 2_000;
/** The longest a call takes, ms. */
const SLOWEST_MS = 80;

const PEOPLE = ['host', 'cohost', 'ann', 'eve'].map(person);

/** A nest somebody was told of, and what was promised about it. */
interface Known {
  id: string;
  host: string;
  bans: { pubkey: string; since: number }[];
  /** when ends were promised, ms; restarts: when they were asked for, and whether anybody still waits for them */
  endedAt: number[];
  restarts: { asked: number; answered: number }[];
}

/** Runs one schedule and remembers what was promised to whom. */
export class Schedule {
  readonly world = new World();
  readonly known: Known[] = [];
  readonly connections: FakeConnection[] = [];
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
      const known: Known = { id, host, bans: [], endedAt: [], restarts: [] };
      this.known.push(known);
      if (entry) this.#enter(known, entry);
      this.#lostReplies -= 1;
    } catch (error) {
      // LiveKit's failures leave nothing; whether the store's left anything nobody can know at once.
      if (this.#plan.failing === 'media' || this.#plan.failing === 'nothing') this.#lostReplies -= 1;
      throw error;
    }
  }

  async #join(known: Known, pubkey: string, ask: () => Promise<Entry>): Promise<void> {
    const asked = this.world.clock.now();
    const banned = known.bans.some((ban) => ban.pubkey === pubkey && ban.since <= asked);
    const entry = await ask();
    expect(banned, 'a banned key got a token').toBe(false);
    this.#enter(known, entry);
  }

  async #restart(known: Known, ask: () => Promise<{ isNewRoom: boolean; entry: Entry }>): Promise<void> {
    const restart = { asked: this.world.clock.now(), answered: Infinity };
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

/** Everything that must be true of the world after any schedule. */
export async function expectOrder(schedule: Schedule): Promise<void> {
  const { world, known } = schedule;
  const records = new Map((await world.truth.all()).map((record) => [record.id, record]));
  const live = [...records.values()].filter(({ status, idle }) => status === 'active' && !idle);

  for (const { id, host, bans, endedAt, restarts } of known) {
    const record = records.get(id);
    expect(record?.host, `nest ${id} is lost or has another host`).toBe(host);
    for (const { pubkey } of bans) {
      expect(
        record?.bans.map((ban) => ban.pubkey),
        'a ban was forgotten',
      ).toContain(pubkey);
    }
    const lastEnd = Math.max(-Infinity, ...endedAt);
    const reopened = restarts.some(({ answered }) => answered >= lastEnd - SLOWEST_MS);
    if (endedAt.length > 0 && !reopened) expect(record?.status, 'a nest rose from the dead').toBe('ended');
  }
  const strangers = [...records.keys()].filter((id) => !known.some((nest) => nest.id === id));
  expect(strangers.length, 'nests that nobody was told of').toBeLessThanOrEqual(schedule.lostReplies);

  const rooms = live.map(({ id, generation }) => roomName(id, generation));
  expect(world.media.roomNames.sort(), 'rooms and records disagree').toEqual(rooms.sort());
  for (const record of records.values()) {
    expect(record.pending, 'a move was never finished').toBeUndefined();
    // A tombstone may remember a room that is gone; nobody asks it.
    if (record.status !== 'ended') expect(record.retired, 'a room was never retired').toEqual([]);
  }
  for (const record of live) {
    for (const { identity, canPublish } of await world.media.participants(
      roomName(record.id, record.generation),
    )) {
      const pubkey = identityPubkey(identity);
      expect(
        record.bans.some((ban) => ban.pubkey === pubkey),
        'a banned key is inside',
      ).toBe(false);
      expect(canPublish, 'LiveKit and the record disagree about the stage').toBe(
        pubkey !== null && record.speakers.includes(pubkey),
      );
    }
  }
  expectHistory(world);
}

/** What the stored records and the entered rooms say about the way here. */
function expectHistory({ history, media }: World): void {
  const last = new Map<string, (typeof history)[number]>();
  for (const record of history) {
    const before = last.get(record.id);
    if (before) {
      expect(record.host, 'a second host').toBe(before.host);
      expect(record.generation).toBeGreaterThanOrEqual(before.generation);
      const isNewMove = record.pending && record.pending.generation !== before.pending?.generation;
      if (isNewMove) {
        expect(record.pending?.generation, 'a number was intended twice').toBeGreaterThan(
          before.lastGeneration,
        );
      }
    }
    last.set(record.id, record);
  }
  for (const [name, sids] of media.enteredSids) {
    expect(sids.size, `people were in two rooms called ${name}`).toBe(1);
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
