import { atom } from 'nanostores';

import { MakeItSo } from '../media/make-it-so.ts';
import type { HandView } from './session-types.ts';

/** One's own hand: wished for here, true when the server's queue has it. */
export class HandControl {
  readonly $view = atom<HandView>({ desired: false, actual: false, syncing: false });
  readonly #so: MakeItSo<boolean>;

  /** @param raise tells the server; its rejection puts the wish back to what is true */
  constructor(raise: (up: boolean) => Promise<void>) {
    this.#so = new MakeItSo(async (up) => {
      await raise(up);
      this.#set({ actual: up });
    });
  }

  /** Rejects when the server did not take it. */
  async want(up: boolean): Promise<void> {
    this.#set({ desired: up });
    try {
      await this.#so.want(up);
    } catch (failure) {
      this.#set({ desired: this.$view.get().actual });
      throw failure;
    }
  }

  /** What the server's queue says now; it may also change without us, when a host lowers the hand. */
  serverSays(up: boolean): void {
    this.#set(this.#so.busy ? { actual: up } : { actual: up, desired: up });
  }

  #set(change: Partial<HandView>): void {
    const next = { ...this.$view.get(), ...change };
    this.$view.set({ ...next, syncing: next.desired !== next.actual });
  }
}
