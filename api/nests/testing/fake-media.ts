import type { FeedEvent } from '@nests/protocol/api';
import {
  type Clock,
  type MediaParticipant,
  type MediaRoom,
  type MediaServer,
  MediaUnavailable,
  type RoomOptions,
  type TokenRequest,
} from '../ports.ts';
import type { Standing } from '../record.ts';
import { Faults } from './faults.ts';

/** LiveKit's defaults: a room nobody entered, in s, and one everybody has left, in ms. */
const EMPTY_TIMEOUT_S = 300;
const DEPARTURE_TIMEOUT_MS = 20_000;

interface Person extends MediaParticipant {
  inbox: FeedEvent[];
}

interface Room {
  name: string;
  sid: string;
  metadata: string;
  createdAt: number;
  maxParticipants: number;
  emptyTimeoutS?: number;
  people: Map<string, Person>;
  /** since when nobody is inside, ms */
  emptySince: number;
  entered: boolean;
  /** LiveKit's list has forgotten it, the people inside have not (LIVEKIT.md 30) */
  unlisted: boolean;
}

/** Somebody's connection to a fake room. */
export interface FakeConnection {
  identity: string;
  room: string;
  roomSid: string;
  /** what the server sent */
  inbox: FeedEvent[];
  /** still connected? */
  isInside(): boolean;
  mayPublish(): boolean;
  /** publishes a microphone, if allowed */
  talk(): void;
  leave(): void;
}

/** What LiveKit answers to a token it does not take. */
export class Refused extends Error {
  override name = 'Refused';
}

/** A LiveKit in memory that behaves as LIVEKIT.md says, with faults on order. Its tokens are readable JSON. */
export class FakeMedia implements MediaServer {
  readonly faults = new Faults((call) => new MediaUnavailable(`fake LiveKit lost ${call}`));
  /** names that LiveKit was asked for again when a room of that name had been entered and lost */
  readonly madeAgain = new Set<string>();
  /** when a room was closed or dropped out of the list, by name, ms */
  readonly goneAt = new Map<string, number>();
  /** every call, for tests that count them */
  readonly calls: string[] = [];
  /** how many calls of each name are under way */
  readonly underWay = new Map<string, number>();
  readonly #clock: Clock;
  /** names of rooms that were ever entered */
  readonly #entered = new Set<string>();
  #rooms: Room[] = [];
  #sids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @inheritdoc */
  createRoom(name: string, options: RoomOptions): Promise<MediaRoom> {
    const askedAt = this.#clock.now();
    return this.#call('createRoom', () => {
      const there = this.#listed(name);
      if (there) return this.#view(there);
      // Nobody can call back a call that was on its way already when LiveKit lost the room.
      if (this.#entered.has(name) && askedAt > (this.goneAt.get(name) ?? Infinity)) this.madeAgain.add(name);
      const room: Room = {
        name,
        sid: `RM_${(this.#sids += 1)}`,
        ...options,
        createdAt: this.#clock.now(),
        people: new Map(),
        emptySince: this.#clock.now(),
        entered: false,
        unlisted: false,
      };
      this.#rooms.push(room);
      return this.#view(room);
    });
  }

  /** @inheritdoc */
  rooms(names?: string[]): Promise<MediaRoom[]> {
    return this.#call('rooms', () =>
      this.#rooms
        .filter((room) => !room.unlisted && (!names || names.includes(room.name)))
        .map((room) => this.#view(room)),
    );
  }

  /** @inheritdoc */
  participants(name: string): Promise<MediaParticipant[]> {
    return this.#call('participants', () =>
      this.#rooms
        .filter((room) => room.name === name)
        .flatMap((room) => [...room.people.values()])
        .map(({ inbox: _, ...person }) => ({ ...person, attributes: { ...person.attributes } })),
    );
  }

  /** @inheritdoc */
  setMetadata(name: string, metadata: string): Promise<boolean> {
    return this.#inRoom('setMetadata', name, (room) => {
      room.metadata = metadata;
      return true;
    });
  }

  /** @inheritdoc */
  deleteRoom(name: string): Promise<boolean> {
    return this.#inRoom('deleteRoom', name, (room) => {
      this.#close(room);
      return true;
    });
  }

  /** @inheritdoc */
  setRole(name: string, identity: string, { role, pubkey, canPublish }: Standing): Promise<boolean> {
    return this.#inRoom('setRole', name, (room) => {
      const person = room.people.get(identity);
      if (!person) return false;
      person.canPublish = canPublish;
      person.attributes = { role, ...(pubkey === undefined ? {} : { pubkey }) };
      if (!canPublish) person.publishing = [];
      return true;
    });
  }

  /** @inheritdoc */
  async muteMicrophone(name: string, identity: string): Promise<number> {
    let muted = 0;
    await this.#inRoom('muteMicrophone', name, (room) => {
      for (const track of room.people.get(identity)?.publishing ?? []) {
        if (!track.muted) muted += 1;
        track.muted = true;
      }
      return true;
    });
    return muted;
  }

  /** @inheritdoc */
  remove(name: string, identity: string): Promise<boolean> {
    return this.#inRoom('remove', name, (room) => this.#takeOut(room, identity));
  }

  /** @inheritdoc */
  async send(name: string, event: FeedEvent): Promise<void> {
    await this.#call('send', () => {
      for (const room of this.#rooms.filter((one) => one.name === name)) {
        for (const { inbox } of room.people.values()) inbox.push(event);
      }
    });
  }

  /** @inheritdoc */
  token({ ttlS, ...request }: TokenRequest): Promise<string> {
    this.calls.push('token');
    const expiresAt = this.#clock.now() + ttlS * 1000;
    return this.faults.here('token', () => JSON.stringify({ ...request, expiresAt }));
  }

  /** @inheritdoc */
  ping(): Promise<void> {
    return this.#call('ping', () => undefined);
  }

  /**
   * Joins with a token, as a browser does.
   * @throws Refused for an old token or a room that is not there or full
   */
  connect(token: string, { hidden = false } = {}): FakeConnection {
    const grant = JSON.parse(token) as Omit<TokenRequest, 'ttlS'> & { expiresAt: number };
    if (this.faults.down) throw new Refused('LiveKit is down');
    if (grant.expiresAt <= this.#clock.now()) throw new Refused('the token has expired');
    this.#passTime();
    const room = this.#listed(grant.room);
    if (!room) throw new Refused('requested room does not exist');
    if (room.people.size >= room.maxParticipants) throw new Refused('the room is full');
    const { identity, role, pubkey } = grant;
    const person: Person = {
      identity,
      sid: `PA_${(this.#sids += 1)}`,
      state: 'active',
      joinedAt: this.#clock.now(),
      attributes: { role, ...(pubkey === undefined ? {} : { pubkey }) },
      canPublish: grant.canPublish,
      publishing: [],
      hidden,
      inbox: [],
    };
    room.people.set(identity, person);
    room.entered = true;
    this.#entered.add(room.name);
    return {
      identity,
      room: room.name,
      roomSid: room.sid,
      inbox: person.inbox,
      isInside: () => this.#rooms.includes(room) && room.people.get(identity) === person,
      mayPublish: () => person.canPublish,
      talk: () => {
        if (person.canPublish) person.publishing = [{ sid: 'TR_1', source: 'microphone', muted: false }];
      },
      leave: () => {
        if (room.people.get(identity) === person) this.#takeOut(room, identity);
      },
    };
  }

  /** SIGKILL and a new start: every room is gone. */
  kill(): void {
    for (const room of [...this.#rooms]) this.#close(room);
  }

  /** The Redis of LiveKit was emptied: nobody is disconnected, but no room is listed. */
  wipe(): void {
    for (const room of this.#rooms) {
      room.unlisted = true;
      this.goneAt.set(room.name, this.#clock.now());
    }
  }

  /** After a wipe: a node writes the room it still has to the list, because somebody came, went or spoke. */
  relist(name: string): void {
    for (const room of this.#rooms) if (room.name === name) room.unlisted = false;
  }

  /** Rooms that are listed, by name, without asking over a line that may be down. */
  get roomNames(): string[] {
    this.#passTime();
    return this.#rooms.filter(({ unlisted }) => !unlisted).map(({ name }) => name);
  }

  /** A room's metadata, without asking over a line that may be down. */
  metadataOf(name: string): string | undefined {
    return this.#listed(name)?.metadata;
  }

  /** Identities in a room, without asking over a line that may be down. */
  inside(name: string): string[] {
    return this.#rooms.filter((room) => room.name === name).flatMap((room) => [...room.people.keys()]);
  }

  #call<T>(call: string, work: () => T): Promise<T> {
    this.calls.push(call);
    const count = (by: number) => this.underWay.set(call, (this.underWay.get(call) ?? 0) + by);
    count(1);
    return this.faults
      .through(call, () => {
        this.#passTime();
        return work();
      })
      .finally(() => count(-1));
  }

  #inRoom(call: string, name: string, work: (room: Room) => boolean): Promise<boolean> {
    return this.#call(call, () => {
      const room = this.#listed(name);
      return room !== undefined && work(room);
    });
  }

  #listed(name: string): Room | undefined {
    return this.#rooms.find((room) => room.name === name && !room.unlisted);
  }

  #view({ name, sid, metadata, createdAt, people }: Room): MediaRoom {
    const participants = [...people.values()].filter(({ hidden }) => !hidden).length;
    return { name, sid, metadata, createdAt, participants };
  }

  #takeOut(room: Room, identity: string): boolean {
    if (!room.people.delete(identity)) return false;
    if (room.people.size === 0) room.emptySince = this.#clock.now();
    if (room.people.size === 0 && room.unlisted) this.#close(room);
    return true;
  }

  #close(room: Room): void {
    room.people.clear();
    if (!room.unlisted) this.goneAt.set(room.name, this.#clock.now());
    this.#rooms = this.#rooms.filter((other) => other !== room);
  }

  /** LiveKit closes rooms that nobody needs. */
  #passTime(): void {
    for (const room of this.#rooms) {
      const { emptyTimeoutS = EMPTY_TIMEOUT_S } = room;
      const patience = room.entered ? DEPARTURE_TIMEOUT_MS : emptyTimeoutS * 1000;
      if (room.people.size === 0 && this.#clock.now() - room.emptySince >= patience) this.#close(room);
    }
  }
}
