import type { NostrEvent } from '@nests/protocol/event';
import type { Filter } from 'applesauce-core/helpers/filter';
import type { ReadableAtom } from 'nanostores';
import { atMostEvery, live, memo } from './live.ts';
import { PROFILE_KIND, readProfile } from './profile.ts';
import type { Reader } from './reader.ts';
import type { Profile } from './types.ts';

/** A room full of people asks for a hundred profiles within a moment: one question, not a hundred. */
const GATHER_MS = 40;
const FOLLOW_AGAIN_MS = 1_500;
const AUTHORS_PER_QUESTION = 200;
const TIMEOUT_MS = 8_000;
/** Somebody new is often on screen before their profile is at the relay, or the relay was away: soon again, then ever more rarely. */
const AGAIN_MS = 2_000;
const LAST_AGAIN_MS = 5 * 60_000;

/** The people of one set of relays. */
interface Crowd {
  want(pubkey: string): () => void;
}

/** Profiles of whoever is on screen: asked for in groups, and followed while they are shown. */
export class Profiles {
  private readonly reader: Reader;
  private readonly since: number;
  private readonly againMs: number;
  private readonly crowds = memo<Crowd>();
  private readonly atoms = memo<ReadableAtom<Profile | undefined>>();
  private readonly closing = new Set<() => void>();

  /**
   * @param since unix seconds; changes from then on are followed
   * @param againMs how soon whoever was not found is asked for again
   */
  constructor(reader: Reader, since: number, againMs = AGAIN_MS) {
    this.reader = reader;
    this.since = since;
    this.againMs = againMs;
  }

  /** The profile of a key, as these relays have it; undefined while looking or when there is none. */
  profile(pubkey: string, relays: readonly string[]): ReadableAtom<Profile | undefined> {
    const place = relays.join(' ');
    return this.atoms(`${pubkey} ${place}`, () =>
      live<Profile | undefined>(undefined, (set) => {
        const show = (): void => {
          const newest = this.reader
            .known([{ kinds: [PROFILE_KIND], authors: [pubkey] }])
            .reduce(newer, undefined);
          if (newest !== undefined) set(readProfile(newest));
        };
        show();
        const unfollow = this.reader.follow([{ kinds: [PROFILE_KIND], authors: [pubkey] }], show);
        const unwant = this.crowds(place, () => this.crowd(relays)).want(pubkey);
        return () => {
          unfollow();
          unwant();
        };
      }),
    );
  }

  private crowd(relays: readonly string[]): Crowd {
    const shown = new Map<string, number>();
    const asked = new Set<string>();
    const unasked = new Set<string>();
    /** Asked for, not found, to be asked for again: those need not wait when they are shown anew. */
    const missing = new Set<string>();
    const timers = new Set<ReturnType<typeof setTimeout>>();
    let stop = (): void => undefined;
    let isClosed = false;

    const ask = atMostEvery(GATHER_MS, () => {
      const authors = [...unasked];
      unasked.clear();
      for (const group of groups(authors)) void look(group, this.againMs);
    });
    const look = async (group: string[], againMs: number): Promise<void> => {
      const filters = [{ kinds: [PROFILE_KIND], authors: group }];
      const found = await this.reader.request(relays, filters, TIMEOUT_MS);
      const known = new Set(found.map((event) => event.pubkey));
      const unknown = group.filter((pubkey) => !known.has(pubkey));
      if (unknown.length === 0 || isClosed) return;
      for (const pubkey of unknown) missing.add(pubkey);
      const timer = setTimeout(() => {
        timers.delete(timer);
        const stillMissing = unknown.filter((pubkey) => missing.delete(pubkey));
        for (const pubkey of stillMissing) if (!shown.has(pubkey)) asked.delete(pubkey);
        const again = stillMissing.filter((pubkey) => shown.has(pubkey));
        if (again.length > 0) void look(again, Math.min(LAST_AGAIN_MS, againMs * 2));
      }, againMs);
      timers.add(timer);
    };
    const followAgain = atMostEvery(FOLLOW_AGAIN_MS, () => {
      stop();
      const filters: Filter[] = groups([...shown.keys()]).map((authors) => ({
        kinds: [PROFILE_KIND],
        authors,
        since: this.since,
      }));
      stop =
        filters.length === 0
          ? () => undefined
          : this.reader.watch(relays, filters, { changed: () => undefined });
    });
    this.closing.add(() => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      ask.stop();
      followAgain.stop();
      stop();
    });

    return {
      want: (pubkey) => {
        shown.set(pubkey, (shown.get(pubkey) ?? 0) + 1);
        const isShownAnew = shown.get(pubkey) === 1 && missing.delete(pubkey);
        if (isShownAnew || !asked.has(pubkey)) {
          asked.add(pubkey);
          unasked.add(pubkey);
          ask.call();
        }
        followAgain.call();
        return () => {
          const left = (shown.get(pubkey) ?? 1) - 1;
          if (left > 0) shown.set(pubkey, left);
          else shown.delete(pubkey);
          followAgain.call();
        };
      },
    };
  }

  /** Ends every question. */
  close(): void {
    for (const close of this.closing) close();
  }
}

function newer(a: NostrEvent | undefined, b: NostrEvent): NostrEvent {
  return a !== undefined && a.created_at >= b.created_at ? a : b;
}

function groups(authors: string[]): string[][] {
  const count = Math.ceil(authors.length / AUTHORS_PER_QUESTION);
  return Array.from({ length: count }, (_, index) =>
    authors.slice(index * AUTHORS_PER_QUESTION, (index + 1) * AUTHORS_PER_QUESTION),
  );
}
