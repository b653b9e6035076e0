import type { NestList, NestListItem } from '@nests/protocol/api';
import { atom, onMount, type ReadableAtom } from 'nanostores';
import type { KeyValues } from '../../nostr/storage.ts';

/** The API's list as the lobby knows it. */
export interface LiveList {
  /** null = nothing known yet. */
  nests: readonly NestListItem[] | null;
  /** When `nests` was told, ms. */
  at: number;
  /** The last question was not answered: `nests` is what is known from before. */
  failed: boolean;
}

/** What the list stands on. */
export interface LiveListParts {
  load: (signal: AbortSignal) => Promise<NestList>;
  now: () => number;
  /** Keeps the last answer for the next visit. */
  memory: Pick<KeyValues, 'get' | 'set'>;
  /** Told when somebody looks at the page again or is online again; returns the way to unsubscribe. */
  onReturn: (again: () => void) => () => void;
}

/** How old an answer of an earlier visit may be to be shown while offline. */
const REMEMBERED_MS = 6 * 3_600_000;
const EVERY_MS = 15_000;
const KEY = 'nests.lobby';

/** The list, asked every 15 s while somebody shows it, and at once when they return to the page or call `refresh`. */
export function liveList(parts: LiveListParts): {
  $list: ReadableAtom<LiveList>;
  refresh: () => Promise<void>;
} {
  const $list = atom<LiveList>({ nests: null, at: 0, failed: false });
  let asking: AbortController | undefined;

  async function refresh(): Promise<void> {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    try {
      const { nests } = await parts.load(mine.signal);
      if (mine.signal.aborted) return;
      const told = { nests, at: parts.now(), failed: false };
      $list.set(told);
      remember(parts, told);
    } catch {
      if (mine.signal.aborted) return;
      const known = $list.get();
      $list.set({ ...(known.nests === null ? remembered(parts) : known), failed: true });
    }
  }

  onMount($list, () => {
    void refresh();
    const timer = setInterval(() => void refresh(), EVERY_MS);
    const stop = parts.onReturn(() => void refresh());
    return () => {
      clearInterval(timer);
      stop();
      asking?.abort();
    };
  });
  return { $list, refresh };
}

function remember({ memory }: LiveListParts, { nests, at }: LiveList): void {
  memory.set(KEY, JSON.stringify({ nests, at }));
}

function remembered({ memory, now }: LiveListParts): Pick<LiveList, 'nests' | 'at'> {
  try {
    const known: unknown = JSON.parse(memory.get(KEY) ?? 'null');
    if (isRemembered(known) && now() - known.at < REMEMBERED_MS) return known;
  } catch {
    // What cannot be read is not known.
  }
  return { nests: null, at: 0 };
}

/** Written by this module alone; an older version of the app may have written it differently. */
function isRemembered(value: unknown): value is { nests: NestListItem[]; at: number } {
  if (typeof value !== 'object' || value === null || !('nests' in value) || !('at' in value)) return false;
  return (
    typeof value.at === 'number' &&
    Array.isArray(value.nests) &&
    value.nests.every(
      (nest: unknown) =>
        typeof nest === 'object' &&
        nest !== null &&
        'roomId' in nest &&
        typeof nest.roomId === 'string' &&
        'host' in nest &&
        typeof nest.host === 'string' &&
        'speakers' in nest &&
        Array.isArray(nest.speakers),
    )
  );
}

/** Calls back when the page is looked at again or the network is back. */
export function onReturnToPage(again: () => void): () => void {
  const whenVisible = () => {
    if (document.visibilityState === 'visible') again();
  };
  document.addEventListener('visibilitychange', whenVisible);
  window.addEventListener('focus', again);
  window.addEventListener('online', again);
  return () => {
    document.removeEventListener('visibilitychange', whenVisible);
    window.removeEventListener('focus', again);
    window.removeEventListener('online', again);
  };
}
