import {
  comeOnStage,
  hears,
  joinAsGuest,
  joinSignedIn,
  openNest,
  unmute,
  type OpenedNest,
  type People,
  type Place,
} from './journey.ts';
import type { Person } from './person.ts';

/** What the microphones of the people below hear, in Hz. */
export const ANNS_TONE = 440;
export const CLEOS_TONE = 660;

/** Three people in a nest, who all hear each other: the state in which faults are made. */
export interface Conversation {
  nest: OpenedNest;
  /** The host, speaks at 440 Hz. */
  ann: Person;
  /** A guest, listens. */
  ben: Person;
  /** A speaker, at 660 Hz. */
  cleo: Person;
  /** Who hears whom: each person with the tones that should be in their ears. */
  ears: [Person, number][];
}

/**
 * Brings three people together; resolves when each hears whoever else speaks.
 * @param meanwhile done when the nest is open and nobody but its host is inside
 */
export async function conversation(
  people: People,
  place: Place,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Conversation> {
  const [ann, ben, cleo] = await Promise.all([
    people.arrive('Ann', { tone: ANNS_TONE }),
    people.arrive('Ben', { tone: 1000 }),
    people.arrive('Cleo', { tone: CLEOS_TONE }),
  ]);
  const nest = await openNest(ann, place);
  await unmute(ann);
  await meanwhile();
  await joinAsGuest(ben, nest.link);
  await joinSignedIn(cleo, nest.link);
  await comeOnStage(cleo, ann);
  await unmute(cleo);
  const ears: [Person, number][] = [
    [ann, CLEOS_TONE],
    [ben, ANNS_TONE],
    [ben, CLEOS_TONE],
    [cleo, ANNS_TONE],
  ];
  for (const [person, tone] of ears) await hears(person, tone);
  return { nest, ann, ben, cleo, ears };
}
