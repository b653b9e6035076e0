import {
  AudioPresets,
  ConnectionState,
  type ReconnectContext,
  type RemoteParticipant,
  Room,
  RoomEvent,
  setLogLevel,
} from 'livekit-client';
import { atom } from 'nanostores';

import { offerAudioOnly } from './audio-only.ts';
import { closedBecause, linkError } from './disconnect-reasons.ts';
import { LinkMicrophone } from './link-microphone.ts';
import type { ClosedBecause, LinkPerson, LinkState, RoomLink, Voice } from './media-types.ts';
import { readPeople, readVoices } from './room-people.ts';
import { SubscriptionRepair } from './subscription-repair.ts';

// LiveKit's own lines can hold addresses with tokens in them; what people need to know is said by the session, one line per attempt.
setLogLevel('silent');

const PACKET_TOPIC = 'nests';
const MAX_PACKET_BYTES = 16_384;

/** How often LiveKit itself tries to resume before it hands over to the outer loop, which then asks the API. */
const INNER_TRIES = 12;

/**
 * LiveKit's own resume, with shorter waits than its default (which grows to seven seconds): a server that is back should be found within
 * two. Jitter keeps a nest from returning in one instant.
 */
const reconnectPolicy = {
  nextRetryDelayInMs({ retryCount }: ReconnectContext): number | null {
    if (retryCount >= INNER_TRIES) return null;
    const full = Math.min(2_000, 250 * 2 ** retryCount);
    return full * (0.5 + Math.random() / 2);
  },
};

/**
 * Connect to one LiveKit room: audio only, speech preset with DTX and RED, every microphone subscribed. Rejects with `LinkError`.
 *
 * @param options `url` is `wss://…`; aborting `signal` gives up a connection that is being made
 */
export async function connectRoom(options: {
  url: string;
  token: string;
  signal?: AbortSignal;
}): Promise<RoomLink> {
  offerAudioOnly();
  const room = new Room({
    adaptiveStream: false,
    dynacast: false,
    webAudioMix: false,
    disconnectOnPageLeave: false,
    stopLocalTrackOnUnpublish: true,
    reconnectPolicy,
    publishDefaults: {
      audioPreset: AudioPresets.speech,
      dtx: true,
      red: true,
      stopMicTrackOnMute: false,
    },
  });
  const link = new LiveKitLink(room);
  const giveUp = () => void room.disconnect();
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    if (options.signal?.aborted) throw new Error('aborted before it began');
    await room.connect(options.url, options.token, {
      peerConnectionTimeout: 10_000,
      websocketTimeout: 8_000,
    });
    link.begin();
    return link;
  } catch (failure) {
    link.abandon();
    throw linkError(failure, options.signal?.aborted ?? false);
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

class LiveKitLink implements RoomLink {
  readonly $state = atom<LinkState>('connected');
  readonly $closedBecause = atom<ClosedBecause | null>(null);
  readonly $people = atom<readonly LinkPerson[]>([]);
  readonly $voices = atom<readonly Voice[]>([]);
  readonly #room: Room;
  readonly #microphone: LinkMicrophone;
  readonly #repair: SubscriptionRepair;
  readonly #packetListeners = new Set<(value: unknown) => void>();
  #refreshing = false;
  #wantsToLeave = false;

  constructor(room: Room) {
    this.#room = room;
    // A connection that the browser can no longer negotiate is no connection: the outer loop makes another one.
    this.#microphone = new LinkMicrophone(room, () => this.abandon());
    this.#repair = new SubscriptionRepair(room);
    for (const event of EVENTS_THAT_CHANGE_PEOPLE) room.on(event, () => this.#refreshSoon());
    // What cannot be resumed is joined anew by the outer loop: LiveKit's own full reconnect waits two seconds and knows no other room.
    room.on(RoomEvent.Reconnecting, () => this.abandon());
    room.on(RoomEvent.SignalReconnecting, () => this.$state.set('reconnecting'));
    room.on(RoomEvent.Reconnected, () => {
      this.$state.set('connected');
      this.#refreshSoon();
    });
    room.on(RoomEvent.Disconnected, (reason) =>
      this.#over(this.#wantsToLeave ? 'left' : closedBecause(reason)),
    );
    room.on(RoomEvent.DataReceived, (payload, participant, _kind, topic, _encryption, sender) =>
      this.#receive(payload, participant, topic, sender),
    );
    // The server should learn at once that this page is gone; a page that comes back from the browser's cache finds the link lost.
    window.addEventListener('pagehide', this.#onPageHide);
  }

  get room(): string {
    return this.#room.name;
  }

  get identity(): string {
    return this.#room.localParticipant.identity;
  }

  get $mayPublish() {
    return this.#microphone.$mayPublish;
  }

  get $sending() {
    return this.#microphone.$sending;
  }

  /** The connection is up: read what is there. */
  begin(): void {
    this.#microphone.permissionsChanged();
    this.#refresh();
  }

  /** The connection never came up, or is beyond repair. */
  abandon(): void {
    this.#over('lost');
    void this.#room.disconnect();
  }

  onPacket(fn: (value: unknown) => void): () => void {
    this.#packetListeners.add(fn);
    return () => this.#packetListeners.delete(fn);
  }

  onMutedByServer(fn: () => void): () => void {
    return this.#microphone.onMutedByServer(fn);
  }

  send(source: MediaStreamTrack | null, live: boolean): Promise<void> {
    return this.#microphone.send(source, live);
  }

  async close(): Promise<void> {
    this.#wantsToLeave = true;
    this.#microphone.stop();
    await this.#room.disconnect();
    this.#over('left');
  }

  readonly #onPageHide = () => void this.#room.disconnect();

  #over(because: ClosedBecause): void {
    if (this.$state.get() === 'closed') return;
    // A disconnect of the client's that nobody here asked for is the page being put away: to come back, it has to connect again.
    this.$closedBecause.set(because === 'left' && !this.#wantsToLeave ? 'lost' : because);
    this.#microphone.stop();
    this.#repair.stop();
    window.removeEventListener('pagehide', this.#onPageHide);
    this.$voices.set([]);
    this.$state.set('closed');
    this.#packetListeners.clear();
  }

  #receive(
    payload: Uint8Array,
    participant: RemoteParticipant | undefined,
    topic: string | undefined,
    sender: string | undefined,
  ): void {
    if (participant || sender || topic !== PACKET_TOPIC || payload.length > MAX_PACKET_BYTES) return;
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder().decode(payload));
    } catch {
      return;
    }
    for (const fn of this.#packetListeners) fn(value);
  }

  /** Many events come in one turn when people arrive together; the lists are read once for all of them. */
  #refreshSoon(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      this.#refresh();
    });
  }

  #refresh(): void {
    if (this.$state.get() === 'closed') return;
    this.$voices.set(readVoices(this.#room, this.$voices.get()));
    // During a full reconnect LiveKit forgets everybody for a moment. They have not left.
    if (this.#room.state === ConnectionState.Connected)
      this.$people.set(readPeople(this.#room, this.$people.get()));
  }
}

const EVENTS_THAT_CHANGE_PEOPLE = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ParticipantAttributesChanged,
] as const;
