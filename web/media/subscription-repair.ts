import { ConnectionState, type RemoteTrackPublication, type Room, RoomEvent, Track } from 'livekit-client';

/** How often subscriptions are looked at. */
const LOOK_MS = 2_000;
/** Looks without a single byte from somebody who is not muted before we subscribe anew; discontinuous sending still sends 2.5 packets a second. */
const SILENT_LOOKS = 4;
/** Looks without any track of somebody who has published one. */
const MISSING_LOOKS = 2;
/** A track that does not arrive however often we ask is asked for less and less often. */
const MAX_PATIENCE = 32;

/**
 * After a reconnect LiveKit sometimes loses a remote track (client-sdk-js 2074): the participant is there, unmuted, and never heard again.
 * So subscriptions are compared with the participants, and what is missing or dead is subscribed anew.
 */
export class SubscriptionRepair {
  readonly #room: Room;
  readonly #quiet = new Map<string, { looks: number; patience: number }>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(room: Room) {
    this.#room = room;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    room.on(RoomEvent.Reconnected, () => this.#quiet.clear());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#room.state !== ConnectionState.Connected) return;
    const seen = new Set<string>();
    for (const participant of this.#room.remoteParticipants.values())
      for (const publication of participant.trackPublications.values())
        if (publication.kind === Track.Kind.Audio) {
          seen.add(publication.trackSid);
          this.#check(publication);
        }
    for (const sid of this.#quiet.keys()) if (!seen.has(sid)) this.#quiet.delete(sid);
  }

  #check(publication: RemoteTrackPublication): void {
    const sid = publication.trackSid;
    const track = publication.track;
    const healthy = publication.isMuted || (track !== undefined && track.currentBitrate > 0);
    if (healthy) {
      this.#quiet.delete(sid);
      return;
    }
    const state = this.#quiet.get(sid) ?? { looks: 0, patience: track ? SILENT_LOOKS : MISSING_LOOKS };
    state.looks += 1;
    if (state.looks >= state.patience) {
      state.looks = 0;
      state.patience = Math.min(MAX_PATIENCE, state.patience * 2);
      subscribeAnew(publication);
    }
    this.#quiet.set(sid, state);
  }
}

function subscribeAnew(publication: RemoteTrackPublication): void {
  publication.setSubscribed(false);
  publication.setSubscribed(true);
}
