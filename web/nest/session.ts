import { encodeNaddr } from '@nests/protocol/address';
import type { FeedState } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import { computed, type ReadableAtom } from 'nanostores';

import type { Credential } from '../api/client.ts';
import type { RoomLink } from '../media/media-types.ts';
import { SessionAudio } from './audio-controls.ts';
import { createDetails } from './details.ts';
import { EventKeeper } from './event-keeper.ts';
import { Trail } from './follow.ts';
import { GearBox } from './gear-box.ts';
import { HandControl } from './hand-control.ts';
import { HostDesk, type LoadHost } from './host-desk.ts';
import { watchHost } from './host-watch.ts';
import { createLevels } from './levels.ts';
import { MicrophoneControl } from './microphone-control.ts';
import { NestConnection } from './nest-connection.ts';
import { NestFeed } from './nest-feed.ts';
import { keptSecret } from './invite-secret.ts';
import { describeNest, obtainSeat } from './obtain-seat.ts';
import { OwnRole } from './own-role.ts';
import type { NestPorts } from './ports.ts';
import { PresenceList } from './presence-list.ts';
import { PresencePublisher } from './presence-publisher.ts';
import { RoomInfo } from './room-info.ts';
import { type Seat, Tickets } from './seat.ts';
import type { Connection, MicrophoneView, OpenNestOptions } from './session-types.ts';
import { isOnStage } from './stage.ts';
import { createState, fail, goOnAs, notice, type SessionState } from './state.ts';
import { Whereabouts } from './whereabouts.ts';

/**
 * The parts of one session, wired. What a screen sees of it is made by `sessionFace`; here is what happens when something changes.
 */
export class SessionCore {
  readonly ports: NestPorts;
  readonly state: SessionState;
  readonly audio: SessionAudio;
  readonly people: PresenceList;
  readonly where: Whereabouts;
  readonly connection: NestConnection;
  readonly host: HostDesk;
  readonly hand: HandControl;
  readonly role: OwnRole;
  readonly $microphone: ReadableAtom<MicrophoneView>;
  readonly $details;
  readonly $naddr: ReadableAtom<string | null>;
  readonly level: (key: string) => ReadableAtom<number>;
  readonly #feed: NestFeed;
  readonly #keeper: EventKeeper;
  readonly #presence: PresencePublisher;
  readonly #tickets: Tickets;
  readonly #trail: Trail;
  readonly #stops: (() => void)[] = [];
  readonly #microphone: MicrophoneControl;
  readonly #gear: GearBox;
  readonly #info: RoomInfo;
  /** The person asked to be in and has not left since. */
  #wantsIn = false;
  #generation = 0;
  #saidBefore = 0;
  #closed = false;

  constructor(options: OpenNestOptions, ports: NestPorts, loadHost: LoadHost) {
    this.ports = ports;
    if (options.inviteSecret !== undefined)
      keptSecret(ports.around.tab, options.roomId).keep(options.inviteSecret);
    this.state = createState(ports, options.roomId, options.hostHint ?? null);
    this.#tickets = new Tickets(ports.around.tab, ports.account?.pubkey ?? null);
    this.#trail = new Trail(options.roomId);
    this.audio = new SessionAudio(ports.around.browser);
    this.people = new PresenceList(ports.clock, this.state.$record);
    this.#microphone = new MicrophoneControl(() => notice(this.state, 'muted_by_host'));
    this.role = new OwnRole({
      ports,
      state: this.state,
      microphone: this.#microphone,
      credential: () => this.credential(),
    });
    this.$microphone = this.#microphone.$view;
    this.#gear = new GearBox(ports, this.#microphone, this.audio);
    this.#gear.get().catch(() => undefined);
    this.level = createLevels(
      ports.clock,
      () => this.#gear.loaded,
      () => ports.account?.pubkey ?? null,
    );

    this.connection = this.#makeConnection();
    this.#feed = this.#makeFeed();
    this.where = new Whereabouts({
      ports,
      state: this.state,
      relayHints: options.relayHints ?? [],
      onEvent: (event) => void this.#eventChanged(event),
    });
    this.#info = new RoomInfo({
      ports,
      state: this.state,
      tickets: this.#tickets,
      session: () => this.connection.session,
      // An invite-only nest shows its feed to those who are in, and them it is opened for when they are.
      onInfo: (roomId, info) => {
        if (this.#closed) return;
        void this.where.infoArrived(roomId, info);
        if (info && 'host' in info) this.#feed.follow(roomId);
      },
    });
    this.#keeper = new EventKeeper({
      ports,
      event: () => this.state.$nestEvent.get(),
      record: () => this.state.$record.get(),
    });
    this.#presence = new PresencePublisher(ports);
    this.host = new HostDesk(loadHost, {
      ports,
      state: this.state,
      keeper: this.#keeper,
      enter: (seat) => this.#enter(seat),
      goOnAs: (roomId) => this.#goOnAs(roomId),
      ended: () => this.#ended(),
    });
    this.hand = new HandControl(async (up) => {
      const who = this.credential();
      if (who) await ports.api.hand(this.state.$roomId.get(), up, who);
    });
    this.$details = createDetails(this.state, ports);
    this.$naddr = computed(this.where.$address, (address) => address && encodeNaddr(address));
    this.#watch();
    void this.#info.refresh();
  }

  /** How the API knows us now; null while it does not. */
  credential(): Credential | null {
    const session = this.connection.session;
    if (session !== null) return { session };
    return this.ports.account ? { sign: this.ports.account.sign } : null;
  }

  /** Go in. Call it inside a click. */
  async join(): Promise<void> {
    this.#gear.unlock();
    this.#trail.startAt(this.state.$roomId.get());
    await this.#enter();
    // A nest that has not begun: the page needs to know for when it is planned.
    if (this.state.$phase.get() === 'idle') void this.#info.refresh();
  }

  /** Go, by one's own wish. */
  async leave(): Promise<void> {
    this.#wantsIn = false;
    void this.#microphone.want('off');
    await this.connection.leave();
    this.state.$error.set(null);
    this.state.$phase.set('idle');
  }

  /** Restart the nest. Call it inside a click, because the host may come in by it. */
  restart(): Promise<void> {
    this.#gear.unlock();
    return this.host.restart();
  }

  /** Open a planned nest. Call it inside a click. */
  start(): Promise<void> {
    this.#gear.unlock();
    return this.host.start();
  }

  /** Leave and forget everything. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#presence.leave();
    this.#keeper.stop();
    this.#feed.close();
    this.where.close();
    for (const stop of this.#stops) stop();
    void this.#microphone.want('off');
    await this.connection.leave();
    this.people.follow(null);
    this.audio.close();
    this.#microphone.close();
    this.#gear.loaded?.player.close();
    this.#gear.loaded?.media.showNowPlaying(null);
  }

  #makeConnection(): NestConnection {
    const { ports, state } = this;
    return new NestConnection({
      ports,
      state,
      media: async () => (await this.#gear.get()).media,
      player: async () => (await this.#gear.get()).player,
      tickets: this.#tickets,
      trail: this.#trail,
      obtainSeat: (roomId) =>
        obtainSeat(roomId, {
          ports,
          tickets: this.#tickets,
          secret: keptSecret(ports.around.tab, roomId),
          onInfo: (info, failure) => this.#info.arrived(roomId, info, failure),
          describe: () => describeNest(ports, state.$nestEvent.get(), this.$naddr.get()),
        }),
      onLink: (link, seat) => this.#linkUp(link, seat),
      onLinkGone: (link) => this.#linkGone(link),
      onMoved: (roomId) => {
        this.#goOnAs(roomId);
        notice(state, 'moved');
      },
    });
  }

  #makeFeed(): NestFeed {
    return new NestFeed({
      api: this.ports.api,
      state: this.state,
      session: () => this.connection.session,
      onRecord: (record, before) => this.#recordChanged(record, before),
      onRestarted: (generation) => this.connection.restarted(generation),
      onMoved: (roomId, host) => this.#toldMoved(roomId, host),
      onEnded: () => void this.#ended(),
    });
  }

  #watch(): void {
    const { state, ports } = this;
    this.#stops.push(
      state.$phase.listen((phase) => this.#phaseChanged(phase === 'in')),
      state.$isHost.subscribe(() => this.#isHostChanged()),
      state.$role.listen((role, before) => {
        this.role.changed(role, before);
        this.#sayPresence();
      }),
      state.$connection.listen((now, before) => this.#connectionChanged(now, before)),
      watchHost(this.people.$people, ports.clock, () => {
        if (state.$phase.get() === 'in' && !state.$isHost.get()) notice(state, 'host_left');
      }),
      this.$microphone.listen(() => this.#sayPresence()),
      this.hand.$view.listen(() => this.#sayPresence()),
      ports.around.onOnline(() => {
        this.#feed.wake();
        this.connection.wake();
      }),
    );
  }

  async #enter(seat?: Seat): Promise<void> {
    this.state.$error.set(null);
    this.#wantsIn = true;
    await this.connection.enter(seat);
  }

  #linkUp(link: RoomLink, seat: Seat): void {
    const { state } = this;
    const gear = this.#gear.loaded;
    const isSameNest = this.#generation > 0;
    this.#generation = seat.generation;
    if (isSameNest || !state.$info.get()) void this.#info.refresh();
    this.people.follow(link, isSameNest);
    gear?.player.add(link);
    this.#microphone.addLink(link);
    link.onPacket((value) => this.#feed.packet(value));
    this.#feed.follow(seat.roomId);
    if (seat.joinType === 'guest' && this.ports.account && !isSameNest) notice(state, 'joined_as_guest');
    this.#showNowPlaying();
  }

  #linkGone(link: RoomLink): void {
    this.#gear.loaded?.player.drop(link);
    this.#microphone.removeLink(link);
    if (!this.connection.link) this.people.freeze();
  }

  #showNowPlaying(): void {
    const event = this.state.$nestEvent.get();
    this.#gear.loaded?.media.showNowPlaying(
      {
        title: event?.title ?? 'Nest',
        artist: 'Nests',
        ...(event?.image === undefined ? {} : { artwork: event.image }),
      },
      { onPause: () => this.audio.setDeafened(true), onPlay: () => this.audio.setDeafened(false) },
    );
  }

  #phaseChanged(isIn: boolean): void {
    if (isIn) {
      if (this.state.$isHost.get()) this.#keeper.start();
      this.#sayPresence();
      return;
    }
    const trying = this.state.$phase.get() === 'joining' || this.state.$phase.get() === 'starting';
    if (trying) return;
    this.#generation = 0;
    this.#keeper.stop();
    this.#presence.leave();
    this.people.follow(null);
    this.state.$invitation.set(null);
    this.#gear.loaded?.media.showNowPlaying(null);
    void this.#microphone.want('off');
  }

  /** Who the host is may be learned only when everybody is in. */
  #isHostChanged(): void {
    const isHost = this.state.$isHost.get();
    if (isHost) this.host.prepare();
    if (!isHost) this.#keeper.stop();
    else if (this.state.$phase.get() === 'in') this.#keeper.start();
  }

  /** Coming back is worth a line, unless a better one (moved, restarted) has been said about it meanwhile. */
  #connectionChanged(now: Connection, before: Connection | undefined): void {
    const { said } = this.state.notices;
    if (now === 'reconnecting') this.#saidBefore = said;
    const isBack = now === 'connected' && before === 'reconnecting';
    if (isBack && said === this.#saidBefore) notice(this.state, 'reconnected');
  }

  #recordChanged(record: FeedState, before: FeedState | null): void {
    const me = this.ports.account?.pubkey;
    this.hand.serverSays(me !== undefined && record.hands.some((hand) => hand.pubkey === me));
    const restartedNow = before !== null && (record.restartedAt ?? 0) > (before.restartedAt ?? 0);
    if (restartedNow && this.state.$phase.get() === 'in' && !this.state.$isHost.get())
      notice(this.state, 'restarted');
    this.#keeper.rolesChanged();
    const info = this.state.$info.get();
    if (info && info.status !== record.status) void this.#info.refresh();
  }

  async #eventChanged(event: NestEvent | null): Promise<void> {
    const phase = this.state.$phase.get();
    if (phase !== 'error' && phase !== 'ended') return;
    if (event?.movedTo) await this.connection.lookForSuccessor();
    else if (phase === 'ended' && (event?.status === 'open' || event?.status === 'private'))
      await this.#perhapsReopened();
  }

  /** The host's event says that an ended nest is open; the server decides. Whoever was in, or on the way, is in again. */
  async #perhapsReopened(): Promise<void> {
    const info = await this.#info.refresh();
    if (info?.status !== 'active' || this.#closed || this.state.$phase.get() !== 'ended') return;
    if (this.#wantsIn) return this.#enter();
    this.state.$error.set(null);
    this.state.$phase.set('idle');
  }

  #toldMoved(roomId: string, host: string): void {
    const { state } = this;
    // Whoever restarts has the answer to that coming.
    if (roomId === state.$roomId.get() || state.$restarting.get()) return;
    const refusal = this.#trail.follow({ roomId, host }, state.$host.get());
    if (refusal) {
      this.ports.around.log('⚠️ A move was not followed:', { roomId, refusal });
      return;
    }
    this.#goOnAs(roomId);
    notice(state, 'moved');
    // Whoever had given up on the way in is taken along, too.
    if (this.#wantsIn && state.$phase.get() === 'error') void this.#enter();
    else this.connection.moved();
  }

  #goOnAs(roomId: string): void {
    const old = this.state.$roomId.get();
    this.#tickets.drop(old);
    this.#feed.close();
    goOnAs(this.state, roomId);
    void this.#info.refresh();
  }

  async #ended(): Promise<void> {
    if (this.state.$phase.get() === 'ended') return;
    this.#tickets.drop(this.state.$roomId.get());
    this.#feed.close();
    this.state.$info.set(null);
    fail(this.state, 'ended');
    await this.connection.leave();
  }

  #sayPresence(): void {
    if (this.state.$phase.get() !== 'in') return;
    const microphone = this.$microphone.get().actual;
    this.#presence.say(this.where.$address.get(), {
      hand: this.hand.$view.get().actual,
      publishing: microphone !== 'off',
      muted: microphone !== 'live',
      onstage: isOnStage(this.state.$role.get()),
    });
  }
}
