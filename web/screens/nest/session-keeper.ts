import { atom, type ReadableAtom } from 'nanostores';
import type { NestSession, OpenNestOptions } from '../../nest/session-types.ts';
import type { Account } from '../../nostr/index.ts';

/** Opens a session for whoever is signed in. May reject when code cannot be loaded (offline). */
export type OpenSession = (options: OpenNestOptions, account: Account | null) => Promise<NestSession>;

interface Kept {
  session: NestSession;
  pubkey: string | null;
}

/**
 * Holds the one session of the screen. It outlives changes of the address that the session itself has made (a nest that was recreated), and
 * is made anew when another nest or another account is wanted; somebody who was inside is inside again then.
 */
export class SessionKeeper {
  readonly $session: ReadableAtom<NestSession | null>;
  /** Why no session could be opened. */
  readonly $failure: ReadableAtom<Error | null>;
  readonly #session = atom<NestSession | null>(null);
  readonly #failure = atom<Error | null>(null);
  readonly #open: OpenSession;
  #kept: Kept | null = null;
  /** Counts what is wanted; an answer to an older wish is dropped. */
  #wish = 0;

  constructor(open: OpenSession) {
    this.#open = open;
    this.$session = this.#session;
    this.$failure = this.#failure;
  }

  /** Show this nest to this account. Does nothing when that is what is shown. */
  async show(options: OpenNestOptions, account: Account | null): Promise<void> {
    const pubkey = account?.pubkey ?? null;
    const kept = this.#kept;
    if (kept?.session.$roomId.get() === options.roomId && kept.pubkey === pubkey) return;
    const wasInside = kept?.session.$roomId.get() === options.roomId && kept.session.$phase.get() === 'in';
    this.close();
    const wish = this.#wish;
    try {
      const session = await this.#open(options, account);
      if (wish !== this.#wish) {
        await session.close();
        return;
      }
      this.#kept = { session, pubkey };
      this.#session.set(session);
      if (wasInside) await session.$join.get()?.();
    } catch (failure) {
      if (wish === this.#wish)
        this.#failure.set(failure instanceof Error ? failure : new Error(String(failure)));
    }
  }

  /** Leave the nest that is shown. */
  close(): void {
    this.#wish += 1;
    void this.#kept?.session.close();
    this.#kept = null;
    this.#session.set(null);
    this.#failure.set(null);
  }
}
