import type { NestAddress } from '@nests/protocol/address';
import { PRESENCE_EVERY_S, type PresenceState } from '@nests/protocol/presence';

import type { NestPorts } from './ports.ts';

/** Several changes in a moment (promoted, microphone published, muted) become one event. */
const SETTLE_MS = 1_000;
/** Part of the interval by which people drift apart. */
const JITTER = 0.15;

/**
 * Tells other clients where one is (kind 10312): on joining, on change, every two minutes, and once more on leaving. A mirror only: it is
 * never awaited, and nothing of ours reads it.
 */
export class PresencePublisher {
  readonly #ports: NestPorts;
  #address: NestAddress | null = null;
  #state: PresenceState | null = null;
  #cancel: (() => void) | null = null;

  constructor(ports: NestPorts) {
    this.#ports = ports;
  }

  /** This is how it is now; published soon if it is news. Null = listening privately, or not in. */
  say(address: NestAddress | null, state: PresenceState): void {
    if (!this.#ports.account) return;
    if (!address) {
      this.leave();
      return;
    }
    const news = JSON.stringify([address.d, state]) !== JSON.stringify([this.#address?.d, this.#state]);
    this.#address = address;
    this.#state = state;
    if (news) this.#in(SETTLE_MS);
  }

  /** The last one. */
  leave(): void {
    this.#cancel?.();
    this.#cancel = null;
    const address = this.#address;
    this.#address = null;
    this.#state = null;
    if (address) this.#announce(address, null);
  }

  #in(ms: number): void {
    const { clock } = this.#ports;
    this.#cancel?.();
    this.#cancel = clock.after(ms, () => {
      if (!this.#address || !this.#state) return;
      this.#announce(this.#address, this.#state);
      this.#in(PRESENCE_EVERY_S * 1000 * (1 + (clock.random() * 2 - 1) * JITTER));
    });
  }

  /** Nobody waits for it, and a signer that refuses has refused a mirror. */
  #announce(address: NestAddress, state: PresenceState | null): void {
    const { account, nostr } = this.#ports;
    if (account) nostr.announcePresence(address, state, account.sign).catch(() => undefined);
  }
}
