import type { KeyValues } from './ports.ts';

/** The secret of an invitation link, kept in the tab. */
export interface KeptSecret {
  read(): string | undefined;
  keep(secret: string): void;
  drop(): void;
}

/**
 * The secret leaves the address bar at once, so that nobody passes it on by accident, and has to outlive a reload and
 * the session that ends when the person signs in. Whoever has come in by it is a member and needs it no longer.
 */
export function keptSecret(tab: KeyValues, roomId: string): KeptSecret {
  const key = `nests:invite:${roomId}`;
  return {
    read: () => tab.get(key) ?? undefined,
    keep: (secret) => tab.set(key, secret),
    drop: () => tab.remove(key),
  };
}
