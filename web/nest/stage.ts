import type { FeedState } from '@nests/protocol/api';
import { type Role, ROLES, roleOf } from '@nests/protocol/roles';

import type { LinkPerson } from '../media/media-types.ts';
import type { Person } from './session-types.ts';

/** Everybody who is in, sorted into the two lists of the screen. */
export interface People {
  stage: Person[];
  audience: Person[];
}

/**
 * Join what LiveKit says (who is here, what is heard) with what the record says (who may what). Where no record is known yet, the roles that
 * the server wrote into the participants count.
 */
export function sortPeople(
  present: readonly LinkPerson[],
  record: FeedState | null,
  before: People = { stage: [], audience: [] },
): People {
  const byKey = new Map<string, LinkPerson[]>();
  for (const person of present) {
    const key = person.pubkey ?? person.identity;
    byKey.set(key, [...(byKey.get(key) ?? []), person]);
  }
  const hands = new Map(record?.hands.map((hand) => [hand.pubkey, hand.since]));
  const known = new Map([...before.stage, ...before.audience].map((person) => [person.key, person]));
  const people = [...byKey].map(([key, devices]) => {
    const person = makePerson(key, devices, record, hands);
    const previous = known.get(key);
    return { arrived: arrival(devices), person: previous && same(previous, person) ? previous : person };
  });
  people.sort((a, b) => a.arrived - b.arrived || (a.person.key < b.person.key ? -1 : 1));
  const sorted = people.map(({ person }) => person);
  return { stage: onStage(sorted), audience: inAudience(sorted) };
}

/** Whether somebody of this role is shown on the stage. */
export function isOnStage(role: Role): boolean {
  return role === 'host' || role === 'admin' || role === 'speaker';
}

function onStage(people: Person[]): Person[] {
  const stage = people.filter((person) => isOnStage(person.role));
  return [...stage.filter((p) => p.role === 'host'), ...stage.filter((p) => p.role !== 'host')];
}

function inAudience(people: Person[]): Person[] {
  const audience = people.filter((person) => !isOnStage(person.role));
  const raised = audience.filter((p) => p.handSince !== null);
  raised.sort((a, b) => (a.handSince ?? 0) - (b.handSince ?? 0));
  return [...raised, ...audience.filter((p) => p.handSince === null)];
}

function makePerson(
  key: string,
  devices: LinkPerson[],
  record: FeedState | null,
  hands: ReadonlyMap<string, number>,
): Person {
  const pubkey = devices[0]?.pubkey ?? null;
  return {
    key,
    pubkey,
    role: record ? roleOf(record, pubkey) : attributedRole(devices, pubkey),
    isMe: devices.some((device) => device.isMe),
    speaking: devices.some((device) => device.speaking && device.microphone === 'live'),
    microphone: microphoneOf(devices),
    handSince: pubkey === null ? null : (hands.get(pubkey) ?? null),
  };
}

function attributedRole(devices: LinkPerson[], pubkey: string | null): Role {
  if (pubkey === null) return 'guest';
  return ROLES.find((role) => devices.some((device) => device.role === role)) ?? 'listener';
}

function microphoneOf(devices: LinkPerson[]): Person['microphone'] {
  if (devices.some((device) => device.microphone === 'live')) return 'live';
  return devices.some((device) => device.microphone === 'muted') ? 'muted' : 'none';
}

function arrival(devices: LinkPerson[]): number {
  return Math.min(...devices.map((device) => device.joinedAt));
}

function same(a: Person, b: Person): boolean {
  return (
    a.role === b.role &&
    a.isMe === b.isMe &&
    a.speaking === b.speaking &&
    a.microphone === b.microphone &&
    a.handSince === b.handSince
  );
}
