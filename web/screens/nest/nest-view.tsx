import { useStore } from '@nanostores/react';
import { usePageTitle } from '../shell/page-title.ts';
import { Before } from './before/before.tsx';
import { useNest } from './screen-ports.ts';
import type { Layer } from './room/layers.ts';
import { Room } from './room/room.tsx';
import { useNestTitle } from './use-nest-title.ts';
import { useNotices } from './use-notices.ts';
import './nest.css';

/** The nest's screen: before joining, or inside. `startLayer` opens something from the start. */
export function NestView({ startLayer = null }: { startLayer?: Layer | null }) {
  const { session } = useNest();
  const phase = useStore(session.$phase);
  const title = useNestTitle();
  useNotices();
  usePageTitle(title);
  return phase === 'in' ? <Room startLayer={startLayer} /> : <Before />;
}
