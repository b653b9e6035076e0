import { decodeNaddr, nestPath, type NestAddress } from '@nests/protocol/address';
import type { NestInfo } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import { computed, type ReadableAtom } from 'nanostores';

import type { NestPorts } from './ports.ts';
import type { SessionState } from './state.ts';

const LOOK_FOR_MS = 4_000;

/** What finds out whose nest it is. */
interface WhereaboutsParts {
  ports: NestPorts;
  state: SessionState;
  relayHints: readonly string[];
  /** The host's event is there, or has changed. */
  onEvent: (event: NestEvent | null) => void;
}

/**
 * Whose nest a room id is, and its event. The API is asked first; where it does not know the nest, an event with that id that names this
 * server tells, if all such events have one author: several claim one id only when somebody cheats, and then nobody is believed.
 */
export class Whereabouts {
  readonly $address: ReadableAtom<NestAddress | null>;
  readonly #parts: WhereaboutsParts;
  readonly #stops: (() => void)[] = [];
  #following: { key: string; stop: () => void } | null = null;

  constructor(parts: WhereaboutsParts) {
    this.#parts = parts;
    const { state, relayHints, ports } = parts;
    this.$address = computed([state.$host, state.$roomId, state.$nestEvent], (host, roomId, event) => {
      if (host === null) return null;
      const named = event?.relays ?? [];
      const relays = named.length > 0 ? named : relayHints.length > 0 ? relayHints : ports.defaultRelays;
      return { host, d: roomId, relays: [...relays] };
    });
    this.#stops.push(
      state.$host.subscribe(() => this.#follow()),
      state.$roomId.listen(() => this.#follow()),
    );
  }

  /** What the API's answer to "whose is it" means here. */
  async infoArrived(roomId: string, info: NestInfo | null): Promise<void> {
    const { state } = this.#parts;
    if (roomId !== state.$roomId.get()) return;
    state.$info.set(info);
    if (info && 'host' in info) {
      state.$host.set(info.host);
      return;
    }
    if (state.$host.get() === null) await this.#askRelays(roomId);
  }

  /** Follow nobody's event any more. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#following?.stop();
  }

  async #askRelays(roomId: string): Promise<void> {
    const { ports, state } = this.#parts;
    const events = await ports.nostr.nestsByD(roomId, LOOK_FOR_MS).catch(() => []);
    const ours = events.filter(
      (event) => event.service === ports.publicUrl || event.service === ports.api.origin,
    );
    const [author, ...others] = new Set(ours.map((event) => event.address.host));
    const known = state.$host.get() !== null || roomId !== state.$roomId.get();
    if (author !== undefined && others.length === 0 && !known) state.$host.set(author);
    else if (!known) state.$nestEvent.set(null);
  }

  /** Follow the event of whoever is the host now, and show the address in the browser. */
  #follow(): void {
    const { ports, state, relayHints, onEvent } = this.#parts;
    const host = state.$host.get();
    const roomId = state.$roomId.get();
    if (host === null || this.#following?.key === `${host} ${roomId}`) return;
    this.#following?.stop();
    state.$nestEvent.set(undefined);
    ports.around.replacePath(nestPath(roomId, host));
    const relays = relayHints.length > 0 ? relayHints : ports.defaultRelays;
    const stop = ports.nostr.nest({ host, d: roomId, relays: [...relays] }).subscribe((event) => {
      state.$nestEvent.set(event);
      if (event !== undefined) onEvent(event);
    });
    this.#following = { key: `${host} ${roomId}`, stop };
  }
}

/** The room id and host that an naddr names; null when it names no nest. */
export function readNestLink(naddr: string): { roomId: string; host: string; relays: string[] } | null {
  const address = decodeNaddr(naddr);
  return address && { roomId: address.d, host: address.host, relays: address.relays ?? [] };
}
