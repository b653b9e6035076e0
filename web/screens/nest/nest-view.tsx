import { useStore } from '@nanostores/react';
import { useEffect } from 'react';
import { usePageTitle } from '../shell/page-title.ts';
import { Before } from './before/before.tsx';
import { useNest } from './screen-ports.ts';
import { loadLater } from './room/later.ts';
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
  // What comes after the sound is on its way by then.
  useEffect(() => void (phase === 'joining' && loadLater()), [phase]);
  usePageTitle(title);
  useKeptFocus(phase === 'in');
  return phase === 'in' ? <Room startLayer={startLayer} /> : <Before />;
}

/** The button that had the focus goes away when one comes in or is put out: the focus goes to the new view instead of nowhere. */
function useKeptFocus(inside: boolean): void {
  useEffect(() => {
    if (document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, [inside]);
}
