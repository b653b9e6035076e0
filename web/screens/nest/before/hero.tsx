import { useStore } from '@nanostores/react';
import { useMemo, useRef, type ReactNode } from 'react';
import { WovenFace } from '../../../ui/woven-face.tsx';
import { useNest } from '../screen-ports.ts';
import { weaveBowl } from '../parts/bowl.ts';
import { NestBowl } from '../room/bowl.tsx';
import { useFace } from '../use-name.ts';
import { useWidth } from '../use-width.ts';

/** How many people lie in the bowl. */
const SHOWN = 4;
const GAP = -6;

/** The people of the stage in the nest, its front before them. Decoration: the sentence below says who they are. */
export function FacesHero({ pubkeys, faded = false }: { pubkeys: readonly string[]; faded?: boolean }) {
  const { session } = useNest();
  const roomId = useStore(session.$roomId);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const shown = pubkeys.slice(0, SHOWN);
  const full = width < 420 ? 72 : 92;
  const size = faded ? full * 0.66 : full;
  const bowls = useMemo(() => {
    const half = Math.min(width * 0.45, size * 2.5);
    const shape = { width, rows: [], fullness: 2.3 };
    return {
      back: weaveBowl(
        { ...shape, half: half - 8, rim: size * 0.34, depth: size * 0.3, thickness: 36, straws: 18 },
        `${roomId} back`,
      ),
      front: weaveBowl(
        { ...shape, half, rim: size * 0.46, depth: size * 0.44, thickness: size * 0.72, straws: 44 },
        roomId,
      ),
    };
  }, [width, size, roomId]);
  return (
    <div ref={box} aria-hidden className="relative" style={{ height: bowls.front.height }}>
      <NestBowl bowl={bowls.back} width={width} faded />
      <span className="relative flex justify-center">
        {shown.map((pubkey) => (
          <span key={pubkey} style={{ marginInline: GAP / 2 }}>
            <HeroFace pubkey={pubkey} size={size} />
          </span>
        ))}
      </span>
      <NestBowl bowl={bowls.front} width={width} faded={faded} />
    </div>
  );
}

function HeroFace({ pubkey, size }: { pubkey: string; size: number }) {
  return <WovenFace {...useFace(pubkey, pubkey)} size={size} />;
}

/** What a BowlHero takes. */
export interface BowlHeroProps {
  /** The size of the words in the bowl, in pixels. */
  content: { width: number; height: number };
  children: ReactNode;
}

/** The nest with words in it; no straw crosses them. */
export function BowlHero({ content, children }: BowlHeroProps) {
  const { session } = useNest();
  const roomId = useStore(session.$roomId);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const bowl = useMemo(
    () =>
      weaveBowl(
        {
          width,
          rim: content.height * 0.3,
          rows: [{ half: content.width / 2, bottom: content.height }],
          fullness: 2.4,
        },
        roomId,
      ),
    [width, content.width, content.height, roomId],
  );
  return (
    <div ref={box} className="relative" style={{ height: bowl.height }}>
      <NestBowl bowl={bowl} width={width} />
      <div className="relative flex items-end justify-center" style={{ height: content.height }}>
        {children}
      </div>
    </div>
  );
}
