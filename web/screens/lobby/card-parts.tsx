import { classes } from '../../ui/classes.ts';
import { FaceStack } from '../../ui/face-stack.tsx';
import { NestArcs } from '../../ui/nest-arcs.tsx';
import { PersonFace } from '../person-face.tsx';

const SHOWN_FACES = 5;

/** The measures of a card, shared with its skeleton so that nothing jumps. */
export const cardShape =
  'relative flex min-h-56 flex-col gap-2 overflow-hidden rounded-xl bg-surface tinted px-4.5 pt-4 pb-4 has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-offset-2 has-[a:focus-visible]:outline-straw-text';

/** A nest's picture, small; gone when it cannot be had. */
export function Cover({ src, large }: { src: string; large: boolean }) {
  return (
    <img
      src={src}
      alt=""
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      className={classes(
        'shrink-0 rounded-md bg-raised object-cover',
        large ? 'size-18 sm:size-24' : 'size-16',
      )}
      onError={(event) => event.currentTarget.remove()}
    />
  );
}

/** The first card is wider where there is room. */
export const largeShape = 'sm:col-span-2 sm:min-h-58';

interface BowlProps {
  /** What the straw is drawn from: the nest's id. */
  seed: string;
  /** Public keys, the host first. */
  people: readonly string[];
  large: boolean;
}

/** The people of the stage, sitting in their nest. */
export function Bowl({ seed, people, large }: BowlProps) {
  return (
    <div
      className={classes(
        'relative mx-auto mt-auto flex min-h-17 min-w-40 origin-bottom justify-center px-8 pt-2 pb-3',
        large && 'sm:scale-125',
      )}
    >
      <NestArcs seed={seed} count={13} part="back" className="absolute inset-0 size-full" />
      <FaceStack
        people={people.slice(0, SHOWN_FACES).map((pubkey) => ({ pubkey }))}
        max={SHOWN_FACES}
        size={44}
        rim=""
        face={PersonFace}
        className="relative"
      />
      <NestArcs seed={seed} count={13} part="front" className="absolute inset-0 size-full" />
    </div>
  );
}
