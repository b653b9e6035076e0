import { createContext, use } from 'react';

/** What lies above the nest: one at a time. */
export type Layer =
  { kind: 'person'; key: string } | { kind: 'share' | 'help' | 'sound' | 'diagnostics' | 'end' | 'chat' };

/** Opens a layer; null closes it. */
export type OpenLayer = (layer: Layer | null) => void;

const LayerContext = createContext<OpenLayer>(() => undefined);

/** Lets every part of the nest open a layer. */
export const LayerProvider = LayerContext.Provider;

/** Opens and closes layers. */
export function useOpenLayer(): OpenLayer {
  return use(LayerContext);
}
