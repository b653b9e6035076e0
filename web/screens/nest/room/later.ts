import { lazy, type ComponentType } from 'react';
import { loadWords } from '../../../i18n/index.ts';
import type * as LaterParts from './later-parts.ts';
import type * as LayerParts from './layer-parts.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Layers are fetched this long after somebody came in, when nothing else is to be done. */
const LAYERS_AFTER_MS = 4_000;

/**
 * Tries again until it works: a part that cannot be fetched now (the network is away for a moment) must not take the nest off the screen
 * and its people off the air.
 */
async function persistently<T>(load: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Fetches chat and hands, and the words that only they say. */
export async function loadLater(): Promise<typeof LaterParts> {
  const [parts] = await Promise.all([import('./later-parts.ts'), loadWords('later')]);
  return parts;
}

/** Fetches dialogs, sheets and menus, and the words that only they say. */
export async function loadLayers(): Promise<typeof LayerParts> {
  const [parts] = await Promise.all([
    import('./layer-parts.ts'),
    loadWords('later', 'layers', 'person', 'share'),
  ]);
  return parts;
}

function later<Props>(pick: (parts: typeof LaterParts) => ComponentType<Props>) {
  return lazy(async () => ({ default: pick(await persistently(loadLater)) }));
}

function layer<Props>(pick: (parts: typeof LayerParts) => ComponentType<Props>) {
  return lazy(async () => ({ default: pick(await persistently(loadLayers)) }));
}

export const ChatPanel = later((parts) => parts.ChatPanel);
export const Hands = later((parts) => parts.Hands);
export const ChatSheet = layer((parts) => parts.ChatSheet);
export const MoreMenu = layer((parts) => parts.MoreMenu);
export const ReactionPicker = layer((parts) => parts.ReactionPicker);
export const TopLayer = layer((parts) => parts.TopLayer);

/** Fetches the layers in a quiet moment, so that the first click opens at once. Returns how to stop waiting for it. */
export function fetchLayersSoon(): () => void {
  const timer = setTimeout(() => void persistently(loadLayers), LAYERS_AFTER_MS);
  return () => clearTimeout(timer);
}
