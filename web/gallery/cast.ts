import type { Role } from '@nests/protocol/roles';
import type { Person } from '../nest/session-types.ts';
import type { ProfileView } from '../screens/nest/screen-ports.ts';

/** A public key that always comes out the same for a name. */
export function keyOf(name: string): string {
  let state = 7;
  for (const char of name) state = (state * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return Array.from({ length: 64 }, () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return (state >>> 28).toString(16);
  }).join('');
}

const LISTENERS = [
  'Tom',
  'Ines',
  'Kofi',
  'Lea',
  '',
  'Rui',
  'Hana',
  'Bo',
  'Gus',
  'Zoë',
  'Noor',
  'Petra',
  'Olu',
  'Vera',
  'Uma',
  'Ida',
];
const NAMED = ['Mira', 'Jonas', 'Adaeze', 'fiatdog', 'Yuki', 'Sol', ...LISTENERS.filter(Boolean)];

/** The profiles of everybody who has one. */
export const PROFILES: ReadonlyMap<string, ProfileView> = new Map([
  ...NAMED.map((name): [string, ProfileView] => [keyOf(name), { name }]),
  [
    keyOf('Mira'),
    { name: 'Mira', nip05: 'mira@slow.example', about: 'Tea, relays, long walks.\nHost of slow mornings.' },
  ],
  [keyOf('long'), { name: 'Bartholomäus-Maximilian von und zu Hohenzollern-Sigmaringen' }],
  [keyOf('arabic'), { name: 'ليلى عبد الرحمن' }],
  [keyOf('thai'), { name: 'ณัฐพงษ์ ศรีสวัสดิ์' }],
]);

/** Somebody who is in. */
export function person(name: string, role: Role, more: Partial<Person> = {}): Person {
  const pubkey = keyOf(name);
  return {
    key: pubkey,
    pubkey,
    role,
    isMe: false,
    speaking: false,
    microphone: role === 'listener' || role === 'guest' ? 'none' : 'muted',
    handSince: null,
    ...more,
  };
}

/** A guest who is in. */
export function guest(number: number): Person {
  return { ...person(`guest ${number}`, 'guest'), key: `guest-${number}`, pubkey: null };
}

/** The stage of the sketches: six people, two of them speaking. */
export function stage(me: string | null = null): Person[] {
  const talking: Partial<Person> = { speaking: true, microphone: 'live' };
  const all: [string, Role, Partial<Person>][] = [
    ['Mira', 'host', talking],
    ['Jonas', 'admin', {}],
    ['Adaeze', 'speaker', talking],
    ['fiatdog', 'speaker', {}],
    ['Yuki', 'speaker', {}],
    ['Sol', 'speaker', { microphone: 'none' }],
  ];
  return all.map(([name, role, more]) => person(name, role, { ...more, isMe: name === me }));
}

/** An audience of this size; the first two have their hands up. */
export function audience(count: number, now: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const name = LISTENERS[index] ?? '';
    if (index % 9 === 8) return guest(index);
    const more = index < 2 ? { handSince: now - (3 - index) * 70_000 } : {};
    return person(name === '' ? `nobody ${index}` : name, 'listener', more);
  });
}
