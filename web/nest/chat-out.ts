import { formatAddress, type NestAddress } from '@nests/protocol/address';
import { isSendable, makeChatMessage } from '@nests/protocol/chat';
import type { EventTemplate } from '@nests/protocol/event';

import { sleep } from '../api/clock.ts';
import { signAndPublish } from './event-keeper.ts';
import type { NestPorts } from './ports.ts';

/** At most one message per second leaves; a burst waits its turn. */
const SPACING_MS = 1_000;
const REACTION_KIND = 7;

/** What one says in the nest, to its relays. */
export class ChatOut {
  readonly #ports: NestPorts;
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: NestPorts) {
    this.#ports = ports;
  }

  /** True once a relay has it. */
  async message(
    text: string,
    address: NestAddress,
    replyTo?: { id: string; pubkey: string },
  ): Promise<boolean> {
    if (!isSendable(text)) return false;
    const before = this.#turn;
    let done: () => void = () => undefined;
    this.#turn = new Promise((resolve) => (done = resolve));
    await before;
    void sleep(this.#ports.clock, SPACING_MS).then(done);
    return this.#send(makeChatMessage(text, address, this.#now(), replyTo), address);
  }

  /** An emoji for the whole room. */
  react(emoji: string, address: NestAddress): Promise<boolean> {
    const relay = address.relays?.[0] ?? '';
    const tags = [
      ['a', formatAddress(address), relay],
      ['p', address.host],
      ['k', '30312'],
    ];
    return this.#send({ kind: REACTION_KIND, created_at: this.#now(), tags, content: emoji }, address);
  }

  #send(template: EventTemplate, address: NestAddress): Promise<boolean> {
    return signAndPublish(this.#ports, template, address.relays ?? []);
  }

  #now(): number {
    return Math.floor(this.#ports.clock.now() / 1000);
  }
}
