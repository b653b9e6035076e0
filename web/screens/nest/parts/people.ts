import type { Role } from '@nests/protocol/roles';
import type { Person, RaisedHand } from '../../../nest/session-types.ts';

/** How many faces of the audience are drawn; the rest is one number. */
export const AUDIENCE_SHOWN = 50;

/** The part of the audience that is drawn, and how many more there are. For moderators raised hands come first, longest first. */
export function audienceShown(
  people: readonly Person[],
  moderates: boolean,
): { shown: readonly Person[]; more: number } {
  const waiting = (person: Person) => person.handSince ?? Number.POSITIVE_INFINITY;
  const ordered = moderates
    ? people.toSorted((a, b) => (waiting(a) === waiting(b) ? 0 : waiting(a) - waiting(b)))
    : people;
  return {
    shown: ordered.slice(0, AUDIENCE_SHOWN),
    more: Math.max(0, ordered.length - AUDIENCE_SHOWN),
  };
}

/** Who came between two looks at the nest, without oneself. */
export function arrivals(before: readonly Person[], now: readonly Person[]): Person[] {
  const known = new Set(before.map((person) => person.key));
  return now.filter((person) => !person.isMe && !known.has(person.key));
}

/** Which hands went up between two looks, without one's own. */
export function newHands(
  before: readonly RaisedHand[],
  now: readonly RaisedHand[],
  me: string | null,
): RaisedHand[] {
  const up = new Set(before.map(({ pubkey }) => pubkey));
  return now.filter(({ pubkey }) => pubkey !== me && !up.has(pubkey));
}

/** Whether this role has a place on the stage. */
export function isOnStage({ role }: { role: Role }): boolean {
  return role === 'host' || role === 'admin' || role === 'speaker';
}

/** One state that is said behind a person's name. */
export type PersonState = 'speaking' | 'muted' | 'handRaised';

/** Nobody hears this person of the stage: the microphone is closed, or was never opened. */
export function isMutedOnStage(person: Person): boolean {
  return person.microphone !== 'live';
}

/** The states that belong behind a person's name, in the order in which they matter. */
export function statesOf(person: Person, onStage: boolean): PersonState[] {
  const muted = onStage ? isMutedOnStage(person) : person.microphone === 'muted';
  return [
    ...(person.speaking && !muted ? (['speaking'] as const) : []),
    ...(muted ? (['muted'] as const) : []),
    ...(person.handSince !== null ? (['handRaised'] as const) : []),
  ];
}

/** Whose hand it is when they are away: what may be done about the hand can be done all the same. */
export function awayWithHand({ pubkey, since }: RaisedHand): Person {
  return {
    key: pubkey,
    pubkey,
    role: 'listener',
    isMe: false,
    speaking: false,
    microphone: 'none',
    handSince: since,
  };
}

/** Everybody who is in and has a key, by public key. */
export function byPubkey(...lists: (readonly Person[])[]): Map<string, Person> {
  return new Map(
    lists.flat().flatMap((person) => (person.pubkey === null ? [] : [[person.pubkey, person] as const])),
  );
}
