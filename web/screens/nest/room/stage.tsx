import { useStore } from '@nanostores/react';
import { useId, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { weaveBowl, type Bowl } from '../parts/bowl.ts';
import { RING_SPACE, placeOf, rowBottoms, stageLayout, type StageLayout } from '../parts/stage-layout.ts';
import { useScale } from '../use-scale.ts';
import { useWidth } from '../use-width.ts';
import { NestBowl } from './bowl.tsx';
import { useOpenLayer } from './layers.ts';
import { PersonFace, usePersonLabel } from './person-face.tsx';
import { Heading } from './heading.tsx';

/** The bowl that carries a stage of this layout. */
function bowlFor(layout: StageLayout, people: readonly Person[], width: number): Bowl {
  const bottoms = rowBottoms(
    layout,
    people.map((person) => hasRoleLine(person)),
  );
  return {
    width,
    rim: RING_SPACE + layout.face * 0.72,
    rows: layout.rows.map((length, row) => ({
      half: (length * layout.cell) / 2 - 6,
      bottom: bottoms[row] ?? 0,
    })),
  };
}

/** The stage: everybody who may speak, in the nest's bowl. */
export function Stage({ reactions }: { reactions: ReadonlyMap<string, string> }) {
  const { t } = useTranslation('nest');
  const { session } = useNest();
  const people = useStore(session.$stage);
  const roomId = useStore(session.$roomId);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const scale = useScale();
  const layout = useMemo(() => stageLayout(people.length, width, scale), [people.length, width, scale]);
  const bowl = useMemo(
    () => weaveBowl(bowlFor(layout, people, width), roomId),
    [layout, people, width, roomId],
  );
  return (
    <section aria-label={t('stage')} className="flex grow flex-col justify-center">
      <Heading text={t('stage')} count={people.length} />
      <div ref={box} className="relative my-auto" style={{ minHeight: bowl.height }}>
        <NestBowl bowl={bowl} width={width} faded={people.length === 0} />
        {people.length === 0 && <p className="relative pt-12 text-center text-muted">{t('stageEmpty')}</p>}
        <ul
          aria-label={t('stage')}
          className="relative grid justify-center"
          style={{
            paddingTop: RING_SPACE,
            gridTemplateColumns: `repeat(${layout.columns * 2}, ${layout.cell / 2}px)`,
            gridAutoRows: layout.rowHeight,
          }}
        >
          {people.map((person, index) => (
            <StagePlace
              key={person.key}
              person={person}
              layout={layout}
              index={index}
              reaction={person.pubkey === null ? undefined : reactions.get(person.pubkey)}
            />
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Whether a line stands below the name; the same cases as {@link useRoleLine}. */
function hasRoleLine({ role, isMe }: Person): boolean {
  return role === 'host' || role === 'admin' || isMe;
}

function useRoleLine(person: Person): string | null {
  const { t } = useTranslation('nest');
  if (person.role === 'host') return person.isMe ? t('role.hostYou') : t('role.host');
  if (person.role === 'admin') return person.isMe ? t('role.adminYou') : t('role.admin');
  return person.isMe ? t('you') : null;
}

function StagePlace({
  person,
  layout,
  index,
  reaction,
}: {
  person: Person;
  layout: StageLayout;
  index: number;
  reaction: string | undefined;
}) {
  const openLayer = useOpenLayer();
  const roleId = useId();
  const { name, label } = usePersonLabel(person, true);
  const role = useRoleLine(person);
  const { row, column } = placeOf(layout, index);
  return (
    <li
      aria-label={label}
      className="flex justify-center"
      style={{ gridRow: row, gridColumn: `${column} / span 2` }}
    >
      <button
        type="button"
        aria-label={label}
        aria-describedby={role === null ? undefined : roleId}
        aria-haspopup="dialog"
        className="flex w-full flex-col items-center rounded-lg px-1"
        onClick={() => openLayer({ kind: 'person', key: person.key })}
      >
        <PersonFace person={person} size={layout.face} onStage reaction={reaction} />
        <span dir="auto" className="mt-3 block max-w-full truncate text-sm leading-5 font-semibold">
          {name}
        </span>
        {role !== null && (
          <span id={roleId} className="block max-w-full truncate text-xs leading-4.5 text-muted">
            {role}
          </span>
        )}
      </button>
    </li>
  );
}
