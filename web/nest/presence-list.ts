import type { FeedState } from '@nests/protocol/api';
import { atom, computed, type ReadableAtom } from 'nanostores';

import type { Clock } from '../api/clock.ts';
import type { LinkPerson, RoomLink } from '../media/media-types.ts';
import { type People, sortPeople } from './stage.ts';

/** How long somebody who was in the old room is still shown while everybody moves to the new one. */
const MOVING_MS = 4_000;

/**
 * Who is in the nest, over however many links there are: the newest link's people, and, while a move is under way, those who are still on
 * theirs, so that nobody vanishes and comes back.
 */
export class PresenceList {
  readonly $present = atom<readonly LinkPerson[]>([]);
  readonly $people: ReadableAtom<People>;
  readonly #clock: Clock;
  #current: RoomLink | null = null;
  #stopFollowing: (() => void) | null = null;
  #moving: readonly LinkPerson[] = [];
  #stopMoving: (() => void) | null = null;

  constructor(clock: Clock, $record: ReadableAtom<FeedState | null>) {
    this.#clock = clock;
    let before: People = { stage: [], audience: [] };
    this.$people = computed([this.$present, $record], (present, record) => {
      before = sortPeople(present, record, before);
      return before;
    });
  }

  /** This link's people count from now on; null = we are out. `staying` = the people of the link before it are expected to follow. */
  follow(link: RoomLink | null, staying = false): void {
    this.#stopFollowing?.();
    this.#stopMoving?.();
    this.#moving = staying ? this.$present.get().filter((person) => !person.isMe) : [];
    this.#current = link;
    this.#stopFollowing = link?.$people.subscribe(() => this.#show()) ?? null;
    if (staying)
      this.#stopMoving = this.#clock.after(MOVING_MS, () => {
        this.#moving = [];
        this.#show();
      });
    this.#show();
  }

  /** The link is over but another one is being made: keep what we know until it is there. */
  freeze(): void {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
  }

  #show(): void {
    const here = this.#current?.$people.get() ?? [];
    const arrived = new Set(here.map((person) => person.identity));
    const onTheirWay = this.#moving.filter((person) => !arrived.has(person.identity));
    this.$present.set([...here, ...onTheirWay.map((person) => ({ ...person, speaking: false }))]);
  }
}
