import { backOff, isAborted, sleep } from '../api/clock.ts';
import { ApiError } from '../api/error.ts';
import type { ClosedBecause, Media, Player, RoomLink } from '../media/media-types.ts';
import { bornAt } from './born-at.ts';
import { failure, failureOf } from './failures.ts';
import { findSuccessor, type Trail } from './follow.ts';
import { retire } from './hand-over.ts';
import type { NestPorts } from './ports.ts';
import type { Seat, Tickets } from './seat.ts';
import { type Decision, decide } from './setbacks.ts';
import { fail, type SessionState } from './state.ts';

/** What the connection needs from the rest of the session. */
export interface ConnectionParts {
  ports: NestPorts;
  state: SessionState;
  media: () => Promise<Media>;
  player: () => Promise<Player>;
  tickets: Tickets;
  trail: Trail;
  /** A way in, from the API. */
  obtainSeat(roomId: string): Promise<Seat>;
  /** A link came up and is the one that counts. */
  onLink(link: RoomLink, seat: Seat): void;
  /** A link is over. */
  onLinkGone(link: RoomLink): void;
  /** The nest goes on under another id. */
  onMoved(roomId: string, host: string): void;
}

type Wish = { in: false } | { in: true; generation: number; seat: Seat | null };

const OUT: Wish = { in: false };
const BASE_MS = 400;
/** Short enough that a server which is back is found within a few seconds, long enough not to hinder its start. */
const CAP_MS = 3_000;
/** People who lost the same server together do not all ask in the same instant. */
const SPREAD_MS = 250;
/** Looking for where a missing nest went on: about ten minutes. */
const WATCH_LOOKS = 24;
const WATCH_BASE_MS = 5_000;
const WATCH_CAP_MS = 30_000;

/**
 * The one connection of a session: where we wish to be, and a single loop that makes it so. Restarts, moves and lost connections only
 * change the wish; two moves therefore never overlap. A new generation is connected beside the old one, which is left when it is no longer
 * needed.
 */
export class NestConnection {
  readonly #parts: ConnectionParts;
  #wish: Wish = OUT;
  #link: RoomLink | null = null;
  #seat: Seat | null = null;
  readonly #retiring = new Set<RoomLink>();
  #driving: Promise<void> | null = null;
  #attempt = new AbortController();
  #watch = new AbortController();
  /** The generation that the present attempt will lead to; 0 = there is none. */
  #aim = 0;
  #everIn = false;
  #tries = 0;
  #tryingSince = 0;
  #askedAt: number | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The link that counts, while it is open. */
  get link(): RoomLink | null {
    return this.#link;
  }

  /** The session with which the API knows us in the nest that the session is about now; a session is good at its own nest only. */
  get session(): string | null {
    return this.#seat?.roomId === this.#parts.state.$roomId.get() ? this.#seat.session : null;
  }

  /** Links that still carry somebody. */
  get links(): RoomLink[] {
    return [...this.#retiring, ...(this.#link ? [this.#link] : [])];
  }

  /** Be in, with this seat where we were handed one. Ends when we are in, or when it has failed. */
  enter(seat: Seat | null = null): Promise<void> {
    this.#askedAt ??= this.#now();
    this.#watch.abort();
    this.#beginTrying();
    if (seat) this.#attempt.abort();
    this.#wish = { in: true, generation: seat?.generation ?? 0, seat };
    return this.#drive();
  }

  /** The nest has a new generation: move there. */
  restarted(generation: number): void {
    if (!this.#wish.in || generation <= Math.max(this.#wish.generation, this.#seat?.generation ?? 0)) return;
    this.#beginTrying();
    this.#wish = { in: true, generation, seat: null };
    // An answer that is under way, or a connection that is being made, may be the right one already.
    if (generation > this.#aim) this.#attempt.abort();
    void this.#drive();
  }

  /** The nest goes on under another id, which somebody trustworthy has said. */
  moved(): void {
    this.#seat = null;
    if (!this.#wish.in) return;
    this.#beginTrying();
    this.#wish = { in: true, generation: 0, seat: null };
    this.#attempt.abort();
    void this.#drive();
  }

  /** Whatever we are waiting for, try now. */
  wake(): void {
    if (this.#driving) this.#attempt.abort();
  }

  /** Somebody has reason to believe that a missing nest went on elsewhere. */
  async lookForSuccessor(): Promise<void> {
    if (!this.#wish.in && (await this.#followSuccessor())) await this.enter();
  }

  /** Be out. Every link is left. */
  async leave(): Promise<void> {
    this.#wish = OUT;
    this.#everIn = false;
    this.#askedAt = null;
    this.#watch.abort();
    this.#attempt.abort();
    const links = this.links;
    this.#link = null;
    this.#retiring.clear();
    this.#showConnection();
    await Promise.all(links.map((link) => this.#drop(link)));
  }

  #now(): number {
    return this.#parts.ports.clock.now();
  }

  #beginTrying(): void {
    this.#tries = 0;
    this.#tryingSince = this.#now();
  }

  #drive(): Promise<void> {
    this.#driving ??= this.#loop().finally(() => {
      this.#driving = null;
      // Somebody may have wished for something in the very moment in which the loop ended.
      if (this.#wish.in && !this.#isThere(this.#wish)) void this.#drive();
    });
    return this.#driving;
  }

  async #loop(): Promise<void> {
    while (this.#wish.in && !this.#isThere(this.#wish)) {
      this.#attempt = new AbortController();
      const { signal } = this.#attempt;
      this.#showTrying();
      try {
        await this.#tryOnce(this.#wish, signal);
      } catch (cause) {
        if (isAborted(signal)) continue;
        this.#tries += 1;
        if (!(await this.#afterSetback(cause, signal))) return;
      }
    }
  }

  #isThere(wish: Wish & { in: true }): boolean {
    const roomId = this.#parts.state.$roomId.get();
    return (
      this.#link !== null &&
      this.#link.$state.get() !== 'closed' &&
      this.#seat?.roomId === roomId &&
      this.#seat.generation >= wish.generation
    );
  }

  async #tryOnce(wish: Wish & { in: true }, signal: AbortSignal): Promise<void> {
    const { state, ports } = this.#parts;
    const roomId = state.$roomId.get();
    const seat = wish.seat ?? (await this.#ask(roomId));
    wish.seat = null;
    if (isAborted(signal)) throw new Error('no longer wanted');
    const newest = this.#wish;
    if (this.#link && newest.in && seat.generation < newest.generation) {
      // The feed is ahead of the replica that answered.
      throw new ApiError({ status: 503, code: 'recovering', message: 'The answer is older than the feed' });
    }
    this.#aim = seat.generation;
    const link = await this.#connect(seat, signal).finally(() => (this.#aim = 0));
    if (isAborted(signal)) {
      await link.close();
      throw new Error('no longer wanted');
    }
    this.#adopt(link, seat);
    ports.around.log('✅ LiveKit connected:', { roomId, generation: seat.generation });
  }

  /** While the API is being asked, whatever generation is told can only be the one that it will answer with. */
  async #ask(roomId: string): Promise<Seat> {
    this.#aim = Infinity;
    return this.#parts.obtainSeat(roomId).finally(() => (this.#aim = 0));
  }

  async #connect(seat: Seat, signal: AbortSignal): Promise<RoomLink> {
    const { log } = this.#parts.ports.around;
    const { roomId, generation, url } = seat;
    log('🔌 Connecting to LiveKit:', { roomId, generation, url, attempt: this.#tries + 1 });
    const media = await this.#parts.media();
    try {
      return await media.connect({ url, token: seat.token, signal });
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : 'unknown';
      if (!isAborted(signal)) log('❌ LiveKit connection failed:', { roomId, generation, reason });
      throw failure;
    }
  }

  #adopt(link: RoomLink, seat: Seat): void {
    const { state, tickets } = this.#parts;
    const old = this.#link;
    this.#link = link;
    this.#seat = seat;
    this.#everIn = true;
    this.#tries = 0;
    tickets.keep(seat.roomId, seat.session, seat.joinType);
    state.$joinType.set(seat.joinType);
    state.$tokenRole.set(seat.role);
    state.$error.set(null);
    state.$phase.set('in');
    this.#parts.onLink(link, seat);
    link.$state.subscribe((now) => {
      if (now === 'closed') this.#closed(link, link.$closedBecause.get() ?? 'lost');
      else if (link === this.#link) this.#showConnection();
    });
    if (old) void this.#retire(old);
  }

  async #retire(old: RoomLink): Promise<void> {
    this.#retiring.add(old);
    const player = await this.#parts.player();
    await retire(old, { current: () => this.#link, player, clock: this.#parts.ports.clock });
    this.#retiring.delete(old);
    this.#parts.onLinkGone(old);
  }

  async #drop(link: RoomLink): Promise<void> {
    this.#parts.onLinkGone(link);
    await link.close();
  }

  #closed(link: RoomLink, because: ClosedBecause): void {
    if (link !== this.#link) return;
    this.#link = null;
    this.#parts.onLinkGone(link);
    if (!this.#wish.in || because === 'left') {
      this.#showConnection();
      return;
    }
    const { state, tickets } = this.#parts;
    if (because === 'removed' || because === 'duplicate') {
      // Coming back with the same identity would throw out whoever took our place.
      tickets.drop(state.$roomId.get());
      this.#giveUp();
      fail(state, because === 'removed' ? 'removed' : 'elsewhere');
      return;
    }
    this.#parts.ports.around.log('⚠️ The connection to LiveKit was lost:', { because });
    this.#beginTrying();
    this.#showConnection();
    void this.#afterSpread().then(() => this.#drive());
  }

  #afterSpread(): Promise<void> {
    const { clock } = this.#parts.ports;
    return sleep(clock, clock.random() * SPREAD_MS);
  }

  /** True = the loop goes on. */
  async #afterSetback(cause: unknown, signal: AbortSignal): Promise<boolean> {
    const { state, ports, tickets } = this.#parts;
    if (isMissing(cause) && (await this.#followSuccessor())) return true;
    if (isAborted(signal)) return true;
    const decision = this.#decide(cause);
    if (decision === 'give_up' || decision === 'look_for_successor') {
      this.#giveUp();
      fail(state, failureOf(cause, state.$isHost.get()));
      if (decision === 'look_for_successor') void this.#watchForSuccessor();
      return false;
    }
    if (decision === 'new_session') tickets.drop(state.$roomId.get());
    if (decision === 'starting') {
      state.$error.set(failure('still_starting', { isHost: state.$isHost.get() }));
      state.$phase.set('starting');
    }
    const retryAfterMs = (cause instanceof ApiError ? (cause.retryAfterS ?? 0) : 0) * 1000;
    await sleep(
      ports.clock,
      Math.max(retryAfterMs, backOff(ports.clock, this.#tries, BASE_MS, CAP_MS)),
      signal,
    );
    return true;
  }

  #decide(cause: unknown): Decision {
    const now = this.#now();
    const { $nestEvent, $info } = this.#parts.state;
    const askedAt = this.#askedAt ?? now;
    // What is dated into the future is as old as our asking for it.
    const since = Math.min(bornAt($nestEvent.get(), $info.get()) ?? askedAt, askedAt);
    return decide(cause, {
      everIn: this.#everIn,
      tries: this.#tries,
      ageMs: now - since,
      tryingForMs: now - this.#tryingSince,
    });
  }

  async #followSuccessor(): Promise<boolean> {
    const { state, ports, trail } = this.#parts;
    const roomId = state.$roomId.get();
    const host = state.$host.get();
    if (host === null) return false;
    const known = state.$nestEvent.get();
    const relays = [...(known?.relays ?? ports.defaultRelays)];
    const next = await findSuccessor(roomId, host, known, { api: ports.api, nostr: ports.nostr, relays });
    if (!next || roomId !== state.$roomId.get() || trail.follow(next, host) !== null) return false;
    this.#parts.onMoved(next.roomId, next.host);
    this.#seat = null;
    if (this.#wish.in) this.#wish = { in: true, generation: 0, seat: null };
    return true;
  }

  /**
   * The nest is gone and nobody knows where to. Its host may still restart it, so whoever was on their way in is taken along when that
   * happens, without another click.
   */
  async #watchForSuccessor(): Promise<void> {
    const { clock } = this.#parts.ports;
    const watch = new AbortController();
    this.#watch = watch;
    for (let look = 0; look < WATCH_LOOKS && !isAborted(watch.signal); look++) {
      await sleep(clock, backOff(clock, look, WATCH_BASE_MS, WATCH_CAP_MS), watch.signal);
      if (!isAborted(watch.signal) && (await this.#followSuccessor()) && !isAborted(watch.signal))
        return this.enter();
    }
  }

  #giveUp(): void {
    this.#wish = OUT;
    this.#everIn = false;
    this.#askedAt = null;
    const links = this.links;
    this.#link = null;
    for (const link of links) void this.#drop(link);
  }

  #showTrying(): void {
    const { state } = this.#parts;
    if (!this.#everIn && state.$phase.get() !== 'starting') state.$phase.set('joining');
    this.#showConnection();
  }

  #showConnection(): void {
    const { $connection } = this.#parts.state;
    if (this.#link) $connection.set(this.#link.$state.get() === 'connected' ? 'connected' : 'reconnecting');
    else $connection.set(this.#wish.in && this.#everIn ? 'reconnecting' : 'disconnected');
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof ApiError && cause.status === 404;
}
