import type { ReadableAtom } from 'nanostores';

/** How one connection to one LiveKit room stands. */
export type LinkState = 'connected' | 'reconnecting' | 'closed';

/**
 * Why a connection is over: by our own wish; the room is gone; we were removed; the same identity came in elsewhere; the network or the
 * server gave up; the token is no longer good.
 */
export type ClosedBecause = 'left' | 'room_gone' | 'removed' | 'duplicate' | 'lost' | 'unauthorized';

/** Why a connection could not be made. `no_media`: signalling works, but no audio path does. */
export type LinkFailure = 'room_gone' | 'unauthorized' | 'unreachable' | 'no_media' | 'aborted';

/** Rejection of `connect`. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly because: LinkFailure;

  constructor(because: LinkFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.because = because;
  }
}

/** One participant of one room, us included. */
export interface LinkPerson {
  identity: string;
  /** 64 hex characters, or null for guests. */
  pubkey: string | null;
  /** What the server wrote into the participant's attributes; a hint, the record decides. */
  role: string | null;
  /** ms since 1970, LiveKit's clock. */
  joinedAt: number;
  microphone: 'none' | 'muted' | 'live';
  speaking: boolean;
  isMe: boolean;
}

/** One remote microphone as it arrives over one link. */
export interface Voice {
  identity: string;
  /** Whose it is: the public key, or the identity where there is none. */
  key: string;
  track: MediaStreamTrack;
  muted: boolean;
  /** True once decoded audio has come out of it. */
  flowing(): boolean;
}

/** What leaves over one link. */
export type Sending = 'none' | 'muted' | 'live';

/** One connection to one LiveKit room. Made connected; once closed it stays closed. */
export interface RoomLink {
  /** The LiveKit room's name. */
  readonly room: string;
  /** Our identity in it. */
  readonly identity: string;
  readonly $state: ReadableAtom<LinkState>;
  readonly $closedBecause: ReadableAtom<ClosedBecause | null>;
  readonly $people: ReadableAtom<readonly LinkPerson[]>;
  readonly $voices: ReadableAtom<readonly Voice[]>;
  /** Whether LiveKit lets us publish. */
  readonly $mayPublish: ReadableAtom<boolean>;
  readonly $sending: ReadableAtom<Sending>;
  /** Called for every data packet of the server (no sender, topic "nests") with its parsed JSON. */
  onPacket(fn: (value: unknown) => void): () => void;
  /** Called when the server muted our microphone. */
  onMutedByServer(fn: () => void): () => void;
  /**
   * Send a clone of `source` (null = nothing), heard or muted. Muting takes effect before this returns; the promise ends when LiveKit knows
   * as well, and rejects when it could not be done. Calls never overlap; the newest wins. While `$mayPublish` is false nothing is sent.
   */
  send(source: MediaStreamTrack | null, live: boolean): Promise<void>;
  /** Leave. The clone stops at once. */
  close(): Promise<void>;
}

/** Plays every speaker once, whatever number of links carry them. */
export interface Player {
  /** Play what arrives over this link; where a speaker already plays from another one, hand over. */
  add(link: RoomLink): void;
  /** Stop playing from this link. */
  drop(link: RoomLink): void;
  /** Ends when nobody is heard from `link` any more (they are from another link, muted, or gone), or after `timeoutMs`. */
  handedOver(link: RoomLink, timeoutMs: number): Promise<void>;
  /** Call it inside a click, before anything else: browsers refuse to play without one. */
  unlock(): Promise<void>;
  readonly $blocked: ReadableAtom<boolean>;
  /** How loud this speaker is now, 0–1. */
  level(key: string): number;
  readonly $volume: ReadableAtom<number>;
  setVolume(volume: number): void;
  readonly $volumes: ReadableAtom<Readonly<Record<string, number>>>;
  setVolumeOf(key: string, volume: number): void;
  readonly $deafened: ReadableAtom<boolean>;
  setDeafened(on: boolean): void;
  readonly $outputId: ReadableAtom<string>;
  setOutput(deviceId: string): Promise<void>;
  /** Stop everything and take the elements out of the page. */
  close(): void;
}

/** What is wrong with the microphone. */
export type MicrophoneProblem = 'refused' | 'missing' | 'silent' | 'failed';

/** Rejection of `Microphone.open`. */
export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError';
  readonly problem: MicrophoneProblem;

  constructor(problem: MicrophoneProblem, cause?: unknown) {
    super(`The microphone could not be opened: ${problem}`, { cause });
    this.problem = problem;
  }
}

/** The one capture of the one microphone. Links send clones of it. */
export interface Microphone {
  /** The captured track while it is open; another one after the device changed. */
  readonly $track: ReadableAtom<MediaStreamTrack | null>;
  /** What went wrong while it was open: `missing` = unplugged, `silent` = nothing comes in although live. */
  readonly $problem: ReadableAtom<MicrophoneProblem | null>;
  /** 0–1, measured before any mute. */
  readonly $level: ReadableAtom<number>;
  /** The person talks, whether or not anybody hears it. */
  readonly $talking: ReadableAtom<boolean>;
  /** Asks the person the first time. Rejects with `MicrophoneError`. */
  open(): Promise<MediaStreamTrack>;
  /** Stops the capture; the browser's recording sign goes out. */
  close(): void;
  /** Tell it whether it is heard: only then is silence a problem. */
  setLive(live: boolean): void;
  readonly $deviceId: ReadableAtom<string>;
  choose(deviceId: string): Promise<void>;
  readonly $noiseSuppression: ReadableAtom<boolean>;
  setNoiseSuppression(on: boolean): Promise<void>;
}

/** An input or output of this machine. */
export interface MediaDevice {
  id: string;
  label: string;
}

/** What the system's media controls show. */
export interface NowPlaying {
  title: string;
  artist: string;
  artwork?: string;
}

/** The media folder as the rest sees it; a fake in tests. */
export interface Media {
  /** Rejects with `LinkError`. `url` is `wss://…`. */
  connect(options: { url: string; token: string; signal?: AbortSignal }): Promise<RoomLink>;
  createPlayer(): Player;
  createMicrophone(): Microphone;
  /** Inputs and outputs, kept up to date while listened to. Labels are empty until the microphone was allowed once. */
  readonly $devices: ReadableAtom<{ microphones: readonly MediaDevice[]; outputs: readonly MediaDevice[] }>;
  /** Lock screen and media keys; null = nothing plays. `onPause`/`onPlay` come from there. */
  showNowPlaying(what: NowPlaying | null, controls?: { onPause(): void; onPlay(): void }): void;
}
