import { Hand, MicOff } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../nest/session-types.ts';
import { classes } from '../../../ui/classes.ts';
import { WovenFace } from '../../../ui/woven-face.tsx';
import { useNest } from '../screen-ports.ts';
import { statesOf } from '../parts/people.ts';
import { useLevel } from '../parts/use-level.ts';
import { useFace } from '../use-name.ts';

/** The accessible name of somebody in a list: the name, then the state. */
export function usePersonLabel(person: Person, onStage: boolean): { name: string; label: string } {
  const { t } = useTranslation('nest');
  const { name } = useFace(person.pubkey, person.key);
  const called = person.isMe ? t('nameYou', { name }) : name;
  const states = statesOf(person, onStage).map((state) => t(`state.${state}`));
  return {
    name,
    label: states.length === 0 ? called : t('personLabel', { name: called, states: states.join(', ') }),
  };
}

/** What a PersonFace takes. */
export interface PersonFaceProps {
  person: Person;
  /** Diameter in pixels. */
  size: number;
  onStage: boolean;
  /** The last thing they reacted with, while it is fresh. */
  reaction?: string | undefined;
}

/** A face with what the person is doing: the ring of the voice, closed microphone, raised hand, last reaction. */
export function PersonFace({ person, size, onStage, reaction }: PersonFaceProps) {
  const { session } = useNest();
  const ring = useRef<HTMLSpanElement>(null);
  const face = useFace(person.pubkey, person.key);
  const states = statesOf(person, onStage);
  const speaking = states.includes('speaking');
  const $level = speaking ? session.level(person.key) : null;
  useLevel(ring, $level);
  return (
    <span className="relative block" style={{ width: size, height: size }}>
      <span ref={ring} className="voice-ring block" data-speaking={speaking}>
        <WovenFace {...face} size={size} />
      </span>
      {states.includes('muted') && (
        <Glyph className="-end-1 -bottom-1 bg-raised text-muted" large={onStage}>
          <MicOff />
        </Glyph>
      )}
      {states.includes('handRaised') && (
        <Glyph className="-start-1.5 -top-1.5 bg-straw text-on-straw" large={onStage}>
          <Hand />
        </Glyph>
      )}
      {reaction !== undefined && (
        <span
          aria-hidden
          className={classes(
            'reaction absolute -end-2 -top-2',
            onStage ? 'text-[2rem] leading-none' : 'text-xl',
          )}
        >
          {reaction}
        </span>
      )}
    </span>
  );
}

function Glyph({
  className,
  large,
  children,
}: {
  className: string;
  large: boolean;
  children: React.ReactNode;
}) {
  return (
    <span
      aria-hidden
      className={classes(
        'absolute grid place-items-center rounded-full ring-[3px] ring-ground',
        large ? 'size-7 [&_svg]:size-4' : 'size-5 [&_svg]:size-3',
        className,
      )}
    >
      {children}
    </span>
  );
}
