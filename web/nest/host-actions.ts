import { closeNestEvent, type NestEvent, type NestEventInput } from '@nests/protocol/nest-event';
import { type EventKeeper, signAndPublish } from './event-keeper.ts';
import { restartFailureOf } from './failures.ts';
import type { NestPorts } from './ports.ts';
import { announceRecreated, askForRestart, hostSeat, type Restarted } from './restart.ts';
import { liveKitUrl, type Seat } from './seat.ts';
import type { NestEdit } from './session-types.ts';
import { notice, type SessionState } from './state.ts';

/** What a host's actions stand on. */
export interface HostParts {
  ports: NestPorts;
  state: SessionState;
  keeper: EventKeeper;
  /** Go in with this seat. */
  enter(seat: Seat): Promise<void>;
  /** The nest goes on under another id. */
  goOnAs(roomId: string): void;
  /** The nest is over. */
  ended(): Promise<void>;
}

/** What only the host may do; `HostDesk` says what went wrong where a method rejects. */
export class HostActions {
  readonly #parts: HostParts;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  /** Restart, and be connected again without another click. */
  async restart(): Promise<void> {
    const { state, ports } = this.#parts;
    try {
      const event = state.$nestEvent.get();
      const restarted = await askForRestart(state.$roomId.get(), event?.relays ?? [], ports);
      if (restarted.reply.isNewRoom) await this.#goOnRecreated(restarted, event);
      else await this.#goOn(restarted, event);
    } catch (cause) {
      state.$restartError.set(restartFailureOf(cause));
    }
  }

  /** Open a planned nest. */
  async start(): Promise<void> {
    const { ports, state } = this.#parts;
    const { account } = ports;
    if (!account) return;
    const reply = await ports.api.start(state.$roomId.get(), { sign: account.sign });
    const { roomId, generation, token, session, endpoints } = reply;
    const url = liveKitUrl(endpoints);
    state.$info.set(null);
    void this.#announceOpen(session, { streaming: endpoints, starts: nowS(ports) });
    if (token === undefined || url === null) return;
    await this.#parts.enter(hostSeat({ roomId, generation, token, session }, url));
  }

  /** Close the nest for everybody, then say so on its relays. */
  async end(): Promise<void> {
    const { ports, state } = this.#parts;
    if (!ports.account) return;
    const event = state.$nestEvent.get();
    await ports.api.end(state.$roomId.get(), ports.account.sign);
    await this.#parts.ended();
    if (event) await signAndPublish(ports, closeNestEvent(event.event, undefined, nowS(ports)), event.relays);
  }

  /** Change options at the API first (it decides), then the event. */
  async edit(change: NestEdit): Promise<void> {
    const { ports, state, keeper } = this.#parts;
    const { account } = ports;
    const event = state.$nestEvent.get();
    if (!account || !event) return;
    const { access, guests, ...words } = change;
    if (access !== undefined || guests !== undefined) {
      const options = {
        ...(access === undefined ? {} : { access }),
        ...(guests === undefined ? {} : { guests }),
      };
      state.$info.set(await ports.api.patch(state.$roomId.get(), options, { sign: account.sign }));
    }
    const status = access === undefined ? {} : { status: statusAfter(event, access) };
    if (!(await keeper.publish({ ...words, ...status }))) notice(state, 'edit_failed');
  }

  async #goOn({ seat, reply }: Restarted, event: NestEvent | null | undefined): Promise<void> {
    // A nest that had ended is open again, and its event should say so.
    if (event?.status === 'closed') void this.#announceOpen(seat.session, { streaming: reply.endpoints });
    await this.#parts.enter(seat);
  }

  /** Says in its event that the nest has opened: to everybody, or to those who are invited. */
  async #announceOpen(session: string, words: Partial<NestEventInput>): Promise<void> {
    const { ports, state, keeper } = this.#parts;
    const asked = ports.api.info(state.$roomId.get(), session);
    const info = await asked.catch(() => state.$info.get());
    await keeper.publish({ ...words, status: info?.access === 'invite' ? 'private' : 'open' });
  }

  async #goOnRecreated({ reply, seat }: Restarted, event: NestEvent | null | undefined): Promise<void> {
    if (!reply.isNewRoom) return;
    const { ports, state } = this.#parts;
    this.#parts.goOnAs(reply.roomId);
    const entering = this.#parts.enter(seat);
    const isAnnounced = await announceRecreated(reply, event, ports);
    notice(state, 'recreated');
    const relays = event && event.relays.length > 0 ? event.relays : ports.defaultRelays;
    if (!isAnnounced) notice(state, 'relay_failed', { relay: relays.join(', ') });
    await entering;
  }
}

function statusAfter(event: NestEvent, access: 'public' | 'invite'): NestEvent['status'] {
  if (event.status !== 'open' && event.status !== 'private') return event.status;
  return access === 'invite' ? 'private' : 'open';
}

function nowS(ports: NestPorts): number {
  return Math.floor(ports.clock.now() / 1000);
}
