import {
  LocalAudioTrack,
  type LocalTrack,
  ParticipantEvent,
  type Room,
  RoomEvent,
  Track,
  TrackEvent,
} from 'livekit-client';
import { atom } from 'nanostores';

import { MakeItSo } from './make-it-so.ts';
import type { Sending } from './media-types.ts';

interface Wish {
  source: MediaStreamTrack | null;
  live: boolean;
}

interface Published {
  /** What was captured; a clone of it is sent, so that two links never share (and stop) one track. */
  source: MediaStreamTrack;
  clone: MediaStreamTrack;
  track: LocalAudioTrack;
}

/**
 * Our microphone in one room. The clone's `enabled` flag is the gate: it is shut before anything is awaited, and after every event that
 * might have opened it, so that neither a slow server nor a reconnect ever lets a muted voice out.
 */
export class LinkMicrophone {
  readonly $sending = atom<Sending>('none');
  readonly $mayPublish = atom(false);
  readonly #room: Room;
  readonly #so = new MakeItSo<Wish>((wish) => this.#apply(wish));
  readonly #mutedByServer = new Set<() => void>();
  readonly #onBroken: () => void;
  #wish: Wish = { source: null, live: false };
  #published: Published | null = null;

  /** @param onBroken called when the browser itself refuses to negotiate, which no further try on this connection mends */
  constructor(room: Room, onBroken: () => void) {
    this.#room = room;
    this.#onBroken = onBroken;
    room.localParticipant.on(ParticipantEvent.ParticipantPermissionsChanged, () => this.permissionsChanged());
    room.localParticipant.on(ParticipantEvent.LocalTrackUnpublished, (publication) => {
      if (publication.track === this.#published?.track) this.#forget();
    });
    room.on(RoomEvent.Reconnected, () => this.#afterReconnect());
  }

  /** See `RoomLink.send`. */
  send(source: MediaStreamTrack | null, live: boolean): Promise<void> {
    this.#wish = { source, live };
    this.#shutGate();
    return this.#so.want(this.#wish);
  }

  /** Called after the server muted us, when our wish has already become the same. */
  onMutedByServer(fn: () => void): () => void {
    this.#mutedByServer.add(fn);
    return () => this.#mutedByServer.delete(fn);
  }

  /** Read what LiveKit permits, and act on it. */
  permissionsChanged(): void {
    const permissions = this.#room.localParticipant.permissions;
    const may = permissions?.canPublish ?? false;
    if (may === this.$mayPublish.get()) return;
    this.$mayPublish.set(may);
    this.#again();
  }

  /** The room is over: nothing leaves any more. */
  stop(): void {
    this.#wish = { source: null, live: false };
    this.$mayPublish.set(false);
    this.#forget();
  }

  #shutGate(): void {
    if (this.#published && !this.#wish.live) this.#published.clone.enabled = false;
    // The browser's recording sign does not wait for the server either.
    if (!this.#wish.source) this.#published?.clone.stop();
  }

  /** Nobody waits for this run, so a failure ends here: `$sending` says what is true, and the next wish tries again. */
  #again(): void {
    this.#so.want(this.#wish).catch(() => undefined);
  }

  async #apply(wish: Wish): Promise<void> {
    const source = this.$mayPublish.get() ? wish.source : null;
    if (this.#published && this.#published.source !== source) await this.#unpublish(this.#published);
    if (!source) return;
    if (!this.#published) await this.#publish(source, wish.live);
    else if (wish.live) await this.#published.track.unmute();
    else await this.#published.track.mute();
    this.#shutGate();
    this.#report();
  }

  async #publish(source: MediaStreamTrack, live: boolean): Promise<void> {
    const clone = source.clone();
    const track = new LocalAudioTrack(clone, undefined, true);
    track.source = Track.Source.Microphone;
    if (!live) await track.mute();
    this.#published = { source, clone, track };
    track.on(TrackEvent.Muted, () => this.#afterMute(track));
    track.on(TrackEvent.Unmuted, () => this.#shutGate());
    try {
      await this.#room.localParticipant.publishTrack(asLocalTrack(track), {
        source: Track.Source.Microphone,
      });
    } catch (failure) {
      this.#forget();
      if (failure instanceof DOMException) this.#onBroken();
      throw failure;
    }
  }

  async #unpublish(published: Published): Promise<void> {
    published.clone.enabled = false;
    await this.#room.localParticipant.unpublishTrack(asLocalTrack(published.track), true);
    if (this.#published === published) this.#forget();
  }

  #forget(): void {
    this.#published?.clone.stop();
    this.#published = null;
    this.#report();
  }

  #report(): void {
    const published = this.#published;
    this.$sending.set(!published ? 'none' : published.track.isMuted ? 'muted' : 'live');
  }

  /** A mute that nobody here wished for came from a host; an ended capture mutes as well and is the microphone's affair. */
  #afterMute(track: LocalAudioTrack): void {
    if (track !== this.#published?.track) return;
    const unwanted = this.#wish.live && this.#published.clone.readyState === 'live';
    if (unwanted) this.#wish = { ...this.#wish, live: false };
    this.#report();
    if (unwanted) for (const fn of this.#mutedByServer) fn();
  }

  /** What was no longer published after a resume is published again. */
  #afterReconnect(): void {
    this.#shutGate();
    const published = this.#published;
    const there = this.#room.localParticipant
      .getTrackPublications()
      .some((p) => p.track === published?.track);
    if (published && !there) this.#forget();
    this.#again();
  }
}

/** The library's declarations were not written for `exactOptionalPropertyTypes`, under which its class is no longer its own base class. */
function asLocalTrack(track: LocalAudioTrack): LocalTrack {
  return track as LocalTrack;
}
