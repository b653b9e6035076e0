import { encodeNaddr } from '@nests/protocol/address';
import type { FeedState } from '@nests/protocol/api';
import { computed, type ReadableAtom } from 'nanostores';

import type { Credential } from '../api/client.ts';
import type { RoomLink } from '../media/media-types.ts';
import { type Gear, SessionAudio } from './audio-controls.ts';
import { createDetails } from './details.ts';
import { EventKeeper } from './event-keeper.ts';
import { Trail } from './follow.ts';
import { HandControl } from './hand-control.ts';
import { HostActions } from './host-actions.ts';
import { watchHost } from './host-watch.ts';
import { createLevels } from './levels.ts';
import { MicrophoneControl } from './microphone-control.ts';
import { NestConnection } from './nest-connection.ts';
import { NestFeed } from './nest-feed.ts';
import { keptSecret } from './invite-secret.ts';
import { obtainSeat } from './obtain-seat.ts';
import { OwnRole } from './own-role.ts';
import type { NestPorts } from './ports.ts';
import { PresenceList } from './presence-list.ts';
import { PresencePublisher } from './presence-publisher.ts';
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
  readonly host: HostActions;
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
  readonly #gear: Promise<Gear>;
  readonly #microphone: MicrophoneControl;
  #loaded: Gear | null = null;
  #generation = 0;
  #saidBefore = 0;
  #closed = false;

  constructor(options: OpenNestOptions, ports: NestPorts) {
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
    this.#gear = this.#load();
    this.level = createLevels(
      ports.clock,
      () => this.#loaded,
      () => ports.account?.pubkey ?? null,
    );

    this.connection = this.#makeConnection();
    this.#feed = this.#makeFeed();
    this.where = new Whereabouts({
      ports,
      state: this.state,
      relayHints: options.relayHints ?? [],
      onEvent: (event) => this.#eventChanged(event?.movedTo?.d),
    });
    this.#keeper = new EventKeeper({
      ports,
      event: () => this.state.$nestEvent.get(),
      record: () => this.state.$record.get(),
    });
    this.#presence = new PresencePublisher(ports);
    this.host = new HostActions({
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
    void this.#refreshInfo();
  }

  /** How the API knows us now; null while it does not. */
  credential(): Credential | null {
    const session = this.connection.session;
    if (session !== null) return { session };
    return this.ports.account ? { sign: this.ports.account.sign } : null;
  }

  /** Go in. Call it inside a click. */
  async join(): Promise<void> {
    this.#unlock();
    this.#trail.startAt(this.state.$roomId.get());
    this.state.$error.set(null);
    await this.connection.enter();
  }

  /** Go, by one's own wish. */
  async leave(): Promise<void> {
    void this.#microphone.want('off');
    await this.connection.leave();
    this.state.$error.set(null);
    this.state.$phase.set('idle');
  }

  /** Restart the nest. Call it inside a click, because the host may come in by it. */
  restart(): Promise<void> {
    this.#unlock();
    return this.host.restart();
  }

  /** Open a planned nest. Call it inside a click. */
  start(): Promise<void> {
    this.#unlock();
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
    this.#loaded?.player.close();
    this.#loaded?.media.showNowPlaying(null);
  }

  async #load(): Promise<Gear> {
    const media = await this.ports.loadMedia();
    const gear = { media, player: media.createPlayer(), microphone: media.createMicrophone() };
    this.#loaded = gear;
    this.#microphone.connect(gear.microphone);
    await this.audio.connect(gear);
    return gear;
  }

  #makeConnection(): NestConnection {
    const { ports, state } = this;
    return new NestConnection({
      ports,
      state,
      media: async () => (await this.#gear).media,
      player: async () => (await this.#gear).player,
      tickets: this.#tickets,
      trail: this.#trail,
      obtainSeat: (roomId) =>
        obtainSeat(roomId, {
          ports,
          tickets: this.#tickets,
          secret: keptSecret(ports.around.tab, roomId),
          onInfo: (info, failure) => this.#infoArrived(roomId, info, failure?.status ?? null),
          describe: () => this.#describe(),
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

  #unlock(): void {
    if (this.#loaded) void this.#loaded.player.unlock();
    else void this.#gear.then(({ player }) => player.unlock()).catch(() => undefined);
  }

  async #enter(seat: Seat): Promise<void> {
    this.state.$error.set(null);
    await this.connection.enter(seat);
  }

  async #refreshInfo(): Promise<void> {
    const roomId = this.state.$roomId.get();
    const session = this.connection.session ?? this.#tickets.read(roomId)?.session;
    try {
      const info = await this.ports.api.info(roomId, session);
      this.#infoArrived(roomId, info, null);
    } catch (failure) {
      const status = failure instanceof Error && 'status' in failure ? failure.status : null;
      this.#infoArrived(roomId, null, typeof status === 'number' ? status : null);
    }
  }

  #infoArrived(roomId: string, info: Parameters<Whereabouts['infoArrived']>[1], status: number | null): void {
    if (this.#closed || roomId !== this.state.$roomId.get()) return;
    if (info) this.state.$recordExists.set(true);
    if (status === 404) this.state.$recordExists.set(false);
    if (status === 410 && this.state.$phase.get() === 'idle') fail(this.state, 'ended');
    void this.where.infoArrived(roomId, info);
    // An invite-only nest shows its feed to those who are in, and them it is opened for when they are.
    if (info && 'host' in info) this.#feed.follow(roomId);
  }

  #linkUp(link: RoomLink, seat: Seat): void {
    const { state } = this;
    const gear = this.#loaded;
    const isSameNest = this.#generation > 0;
    this.#generation = seat.generation;
    if (isSameNest) void this.#refreshInfo();
    this.people.follow(link, isSameNest);
    gear?.player.add(link);
    this.#microphone.addLink(link);
    link.onPacket((value) => this.#feed.packet(value));
    this.#feed.follow(seat.roomId);
    if (seat.joinType === 'guest' && this.ports.account && !isSameNest) notice(state, 'joined_as_guest');
    this.#showNowPlaying();
  }

  #linkGone(link: RoomLink): void {
    this.#loaded?.player.drop(link);
    this.#microphone.removeLink(link);
    if (!this.connection.link) this.people.freeze();
  }

  #showNowPlaying(): void {
    const event = this.state.$nestEvent.get();
    this.#loaded?.media.showNowPlaying(
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
    this.#loaded?.media.showNowPlaying(null);
    void this.#microphone.want('off');
  }

  /** Coming back is worth a line, unless a better one (moved, restarted) has been said about it meanwhile. */
  #connectionChanged(now: Connection, before: Connection | undefined): void {
    const said = this.state.$notice.get()?.id ?? 0;
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
    if (info && info.status !== record.status) void this.#refreshInfo();
  }

  #eventChanged(movedTo: string | undefined): void {
    const phase = this.state.$phase.get();
    if (movedTo !== undefined && (phase === 'error' || phase === 'ended'))
      void this.connection.lookForSuccessor();
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
    this.connection.moved();
  }

  #goOnAs(roomId: string): void {
    const old = this.state.$roomId.get();
    this.#tickets.drop(old);
    this.#feed.close();
    goOnAs(this.state, roomId);
    void this.#refreshInfo();
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

  #describe(): Record<string, unknown> {
    const event = this.state.$nestEvent.get();
    const createdAt = event?.createdAt;
    return {
      liveKitUrl: event?.streaming[0] ?? 'unknown',
      nestNaddr: this.$naddr.get() ?? 'unknown',
      user: this.ports.account ? 'logged in' : 'guest',
      nestStatus: event?.status ?? 'unknown',
      nestCreatedAt: createdAt ?? 'unknown',
      timeSinceCreated:
        createdAt === undefined ? 'unknown' : Math.floor(this.ports.clock.now() / 1000) - createdAt,
    };
  }
}
