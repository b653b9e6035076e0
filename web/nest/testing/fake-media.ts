/* eslint-disable jsdoc/require-jsdoc -- the methods are those of the ports they stand in for, and documented there */
import { atom } from 'nanostores';

import {
  type ClosedBecause,
  LinkError,
  type LinkPerson,
  type LinkState,
  type Media,
  type Microphone,
  MicrophoneError,
  type MicrophoneProblem,
  type Player,
  type RoomLink,
  type Sending,
  type Voice,
} from '../../media/media-types.ts';

/** What a test needs of a track: that it is one. */
export function fakeTrack(id: string): MediaStreamTrack {
  return Object.assign(new EventTarget(), {
    id,
    kind: 'audio',
    enabled: true,
  }) as unknown as MediaStreamTrack;
}

/** One connection, and everything that was asked of it. */
export class FakeLink implements RoomLink {
  readonly $state = atom<LinkState>('connected');
  readonly $closedBecause = atom<ClosedBecause | null>(null);
  readonly $people = atom<readonly LinkPerson[]>([]);
  readonly $voices = atom<readonly Voice[]>([]);
  readonly $mayPublish = atom(true);
  readonly $sending = atom<Sending>('none');
  readonly sent: { source: MediaStreamTrack | null; live: boolean }[] = [];
  readonly #packets = new Set<(value: unknown) => void>();
  readonly #muted = new Set<() => void>();
  readonly room: string;
  readonly identity = 'me';
  /** Set to make `send` fail. */
  refusesToSend = false;
  /** Set to make sending the end of the connection. */
  breaksBy: ClosedBecause | null = null;

  constructor(room: string) {
    this.room = room;
  }

  onPacket(fn: (value: unknown) => void): () => void {
    this.#packets.add(fn);
    return () => this.#packets.delete(fn);
  }

  onMutedByServer(fn: () => void): () => void {
    this.#muted.add(fn);
    return () => this.#muted.delete(fn);
  }

  async send(source: MediaStreamTrack | null, live: boolean): Promise<void> {
    this.sent.push({ source, live });
    if (this.breaksBy) {
      // It takes the server to refuse, so more may be asked of the link meanwhile.
      await Promise.resolve();
      this.end(this.breaksBy);
    }
    if (this.refusesToSend) throw new Error('not published');
    this.$sending.set(!source || !this.$mayPublish.get() ? 'none' : live ? 'live' : 'muted');
  }

  async close(): Promise<void> {
    this.end('left');
  }

  /** The connection is over. */
  end(because: ClosedBecause): void {
    if (this.$state.get() === 'closed') return;
    this.$closedBecause.set(because);
    this.$state.set('closed');
  }

  /** A data packet of the server's. */
  packet(value: unknown): void {
    for (const fn of this.#packets) fn(value);
  }

  /** A host mutes us. */
  muteByServer(): void {
    this.$sending.set('muted');
    for (const fn of this.#muted) fn();
  }
}

/** Plays nothing, and knows who it was asked to play. */
export class FakePlayer implements Player {
  readonly $blocked = atom(false);
  readonly $volume = atom(1);
  readonly $volumes = atom<Readonly<Record<string, number>>>({});
  readonly $deafened = atom(false);
  readonly $outputId = atom('');
  readonly playing = new Set<RoomLink>();
  unlocked = 0;

  add(link: RoomLink): void {
    this.playing.add(link);
  }

  drop(link: RoomLink): void {
    this.playing.delete(link);
  }

  async handedOver(): Promise<void> {
    return Promise.resolve();
  }

  async unlock(): Promise<void> {
    this.unlocked += 1;
  }

  level(): number {
    return 0;
  }

  setVolume(volume: number): void {
    this.$volume.set(volume);
  }

  setVolumeOf(key: string, volume: number): void {
    this.$volumes.set({ ...this.$volumes.get(), [key]: volume });
  }

  setDeafened(on: boolean): void {
    this.$deafened.set(on);
  }

  async setOutput(deviceId: string): Promise<void> {
    this.$outputId.set(deviceId);
  }

  close(): void {
    this.playing.clear();
  }
}

/** A microphone that answers as the test says. */
export class FakeMicrophone implements Microphone {
  readonly $track = atom<MediaStreamTrack | null>(null);
  readonly $problem = atom<MicrophoneProblem | null>(null);
  readonly $level = atom(0);
  readonly $talking = atom(false);
  readonly $deviceId = atom('');
  readonly $noiseSuppression = atom(true);
  /** How often the person was asked. */
  asked = 0;
  /** What the person or the browser will answer; null = yes. */
  answer: MicrophoneProblem | null = null;
  /** While set, the person has not answered yet. */
  prompt: Promise<void> | null = null;
  live = false;
  #wanted = false;

  async open(): Promise<MediaStreamTrack> {
    this.#wanted = true;
    const open = this.$track.get();
    if (open) return open;
    this.asked += 1;
    await (this.prompt ?? Promise.resolve());
    if (!this.#isWanted()) throw new MicrophoneError('failed');
    if (this.answer) throw new MicrophoneError(this.answer);
    const track = fakeTrack(`microphone-${this.asked}`);
    this.$problem.set(null);
    this.$track.set(track);
    return track;
  }

  close(): void {
    this.#wanted = false;
    this.$track.set(null);
    this.$problem.set(null);
  }

  setLive(live: boolean): void {
    this.live = live;
  }

  /** A call, because it changes while the person is being asked. */
  #isWanted(): boolean {
    return this.#wanted;
  }

  async choose(deviceId: string): Promise<void> {
    this.$deviceId.set(deviceId);
  }

  async setNoiseSuppression(on: boolean): Promise<void> {
    this.$noiseSuppression.set(on);
  }
}

/** A LiveKit whose rooms the test makes and takes away. Tokens are `<room>` for short. */
export class FakeMedia implements Media {
  readonly rooms = new Set<string>();
  readonly links: FakeLink[] = [];
  readonly player = new FakePlayer();
  readonly microphone = new FakeMicrophone();
  readonly $devices = atom({ microphones: [], outputs: [] });
  /** Every try to connect, by room. */
  readonly tries: string[] = [];
  /** While set, connecting waits for it. */
  gate: Promise<void> | null = null;
  /** While true, LiveKit cannot be reached. */
  unreachable = false;
  /** How many connections were being made at the same time, at most. */
  mostAtOnce = 0;
  #connecting = 0;

  async connect({ token, signal }: { url: string; token: string; signal?: AbortSignal }): Promise<RoomLink> {
    const room = token;
    this.tries.push(room);
    this.#connecting += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#connecting);
    try {
      await (this.gate ?? Promise.resolve());
      if (signal?.aborted) throw new LinkError('aborted', 'no longer wanted');
      if (this.unreachable) throw new LinkError('unreachable', 'no answer');
      if (!this.rooms.has(room)) throw new LinkError('room_gone', 'no such room');
      const link = new FakeLink(room);
      this.links.push(link);
      return link;
    } finally {
      this.#connecting -= 1;
    }
  }

  /** Links that are open now. */
  get open(): FakeLink[] {
    return this.links.filter((link) => link.$state.get() !== 'closed');
  }

  /** The one link that is open; throws when there are none or several. */
  get only(): FakeLink {
    const [link, ...more] = this.open;
    if (!link || more.length > 0) throw new Error(`${this.open.length} links are open`);
    return link;
  }

  createPlayer(): Player {
    return this.player;
  }

  createMicrophone(): Microphone {
    return this.microphone;
  }

  showNowPlaying(): void {
    // Nothing to see in a test.
  }
}
