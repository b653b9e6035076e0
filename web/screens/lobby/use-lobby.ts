import type { NestEvent } from '@nests/protocol/nest-event';
import { useStore } from '@nanostores/react';
import { atom, type ReadableAtom } from 'nanostores';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { browserValues } from '../../nostr/storage.ts';
import { settings } from '../../settings.ts';
import { $me, $nostr } from '../services.ts';
import { useNow } from '../use-now.ts';
import { fetchList } from './fetch-list.ts';
import { liveList, onReturnToPage } from './live-list.ts';
import { lobbyView, type LiveNest, type UpcomingNest } from './view.ts';

/** Which of its faces the list of live nests shows. */
export type LobbyMode =
  'loading' | 'nests' | 'not-found' | 'unreachable' | 'quiet' | 'welcome' | 'nobody-followed';

/** Everything the lobby shows. Times in ms. */
export interface Lobby {
  state: LobbyMode;
  live: LiveNest[];
  upcoming: UpcomingNest[];
  now: number;
  /** The server does not answer; what is shown is from then. null = it answers, or nothing is known. */
  offlineSince: number | null;
  refresh: () => Promise<void>;
  /** Whether only nests of people one follows are shown; null = one follows nobody, so there is no choice. */
  following: boolean | null;
}

const { $list, refresh } = liveList({
  load: fetchList,
  now: () => Date.now(),
  memory: browserValues,
  onReturn: onReturnToPage,
});

const $noEvents: ReadableAtom<NestEvent[]> = atom([]);
const $noFollows: ReadableAtom<readonly string[] | undefined> = atom(undefined);
const NAMES_AWAITED_MS = 6_000;

/** Brings together what the API and the relays know, filtered as the person asked. */
export function useLobby(query: string, wantsFollowing: boolean): Lobby {
  const list = useStore($list);
  const nostr = useStore($nostr);
  const { relays, origin, publicUrl } = settings();
  const events = useStore(nostr?.gateway.announced(relays) ?? $noEvents);
  const me = useStore($me);
  const follows = useStore((me && nostr?.gateway.follows(me.pubkey)) || $noFollows);
  const following = follows === undefined || follows.length === 0 ? null : wantsFollowing;
  const now = useNow();
  const settled = useSettled(nostr !== null);
  const words = useDeferredValue(query);
  const seenBefore = useSeenBefore((list.nests?.length ?? 0) + events.length > 0);

  const view = useMemo(
    () =>
      lobbyView({
        list: list.nests,
        events,
        settled,
        now,
        ourOrigins: [origin, new URL(publicUrl).origin],
        query: words,
        hosts: following && follows ? new Set(follows) : null,
        nameOf: (pubkey) => nostr?.gateway.profile(pubkey).get()?.name,
      }),
    [list, events, settled, now, origin, publicUrl, nostr, words, following, follows],
  );

  const known = list.nests !== null;
  let state: LobbyMode = 'quiet';
  if (!known && !list.failed) state = 'loading';
  else if (view.live.length > 0) state = 'nests';
  else if (!known) state = 'unreachable';
  else if (words.trim() !== '') state = 'not-found';
  else if (following) state = 'nobody-followed';
  else if (!seenBefore && view.upcoming.length === 0) state = 'welcome';
  return { state, ...view, now, offlineSince: known && list.failed ? list.at : null, refresh, following };
}

/** False until the relays have had their time to tell names. */
function useSettled(nostrIsHere: boolean): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), NAMES_AWAITED_MS);
    return () => clearTimeout(timer);
  }, [nostrIsHere]);
  return settled;
}

const SEEN = 'nests.seen';

/** Whether a nest was ever seen here: a lobby that merely is quiet needs no welcome. */
function useSeenBefore(sees: boolean): boolean {
  const [before] = useState(() => browserValues.get(SEEN) !== null);
  useEffect(() => {
    if (sees) browserValues.set(SEEN, '1');
  }, [sees]);
  return before || sees;
}
