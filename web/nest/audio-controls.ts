import { atom, onMount, type ReadableAtom, type WritableAtom } from 'nanostores';

import type { Media, Microphone, Player } from '../media/media-types.ts';
import type { KeyValues } from './ports.ts';
import type { AudioControls, AudioDevice } from './session-types.ts';

/** The loaded media code and what one session uses of it. */
export interface Gear {
  media: Media;
  player: Player;
  microphone: Microphone;
}

const DEVICE_KEY = 'nests:microphone';
const OUTPUT_KEY = 'nests:output';
const NOISE_KEY = 'nests:noise-suppression';
const VOLUME_KEY = 'nests:volume';

/**
 * Hearing and devices, as a screen sees them: there before the media code is, and remembered by this browser. What is set before the code has
 * loaded is applied when it has.
 */
export class SessionAudio implements AudioControls {
  readonly $blocked = atom(false);
  readonly $deafened = atom(false);
  readonly $volume: WritableAtom<number>;
  readonly $personVolumes = atom<Readonly<Record<string, number>>>({});
  readonly $microphones = atom<readonly AudioDevice[]>([]);
  readonly $outputs = atom<readonly AudioDevice[]>([]);
  readonly $microphoneId: WritableAtom<string>;
  readonly $outputId: WritableAtom<string>;
  readonly $noiseSuppression: WritableAtom<boolean>;
  readonly $inputLevel = atom(0);
  readonly #kept: KeyValues;
  readonly #stops: (() => void)[] = [];
  #gear: Gear | null = null;

  constructor(kept: KeyValues) {
    this.#kept = kept;
    this.$volume = atom(readVolume(kept.get(VOLUME_KEY)));
    this.$microphoneId = atom(kept.get(DEVICE_KEY) ?? '');
    this.$outputId = atom(kept.get(OUTPUT_KEY) ?? '');
    this.$noiseSuppression = atom(kept.get(NOISE_KEY) !== 'off');
  }

  /** The media code is here: apply what was set, and show what it says from now on. */
  async connect(gear: Gear): Promise<void> {
    this.#gear = gear;
    const { player, microphone, media } = gear;
    player.setVolume(this.$volume.get());
    player.setDeafened(this.$deafened.get());
    for (const [key, volume] of Object.entries(this.$personVolumes.get())) player.setVolumeOf(key, volume);
    this.#stops.push(
      player.$blocked.subscribe((blocked) => this.$blocked.set(blocked)),
      ...whileWatched(this.$inputLevel, microphone.$level, (level) => level),
      ...whileWatched(this.$microphones, media.$devices, ({ microphones }) => microphones),
      ...whileWatched(this.$outputs, media.$devices, ({ outputs }) => outputs),
    );
    await microphone.choose(this.$microphoneId.get());
    await microphone.setNoiseSuppression(this.$noiseSuppression.get());
    await player.setOutput(this.$outputId.get());
  }

  /** No more. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#gear = null;
  }

  async unblock(): Promise<void> {
    await this.#gear?.player.unlock();
  }

  /** Hear nobody, or hear again. */
  setDeafened(on: boolean): void {
    this.$deafened.set(on);
    this.#gear?.player.setDeafened(on);
  }

  /** Everybody's volume, remembered by this browser. */
  setVolume(volume: number): void {
    this.$volume.set(volume);
    this.#kept.set(VOLUME_KEY, String(volume));
    this.#gear?.player.setVolume(volume);
  }

  /** One person's volume, for as long as this page is open. */
  setPersonVolume(key: string, volume: number): void {
    this.$personVolumes.set({ ...this.$personVolumes.get(), [key]: volume });
    this.#gear?.player.setVolumeOf(key, volume);
  }

  /** Capture from this device, remembered by this browser. */
  async chooseMicrophone(id: string): Promise<void> {
    this.$microphoneId.set(id);
    this.#kept.set(DEVICE_KEY, id);
    await this.#gear?.microphone.choose(id);
  }

  /** Play through this device, remembered by this browser. */
  async chooseOutput(id: string): Promise<void> {
    this.$outputId.set(id);
    this.#kept.set(OUTPUT_KEY, id);
    await this.#gear?.player.setOutput(id);
  }

  /** Filter noise or not, remembered by this browser. */
  async setNoiseSuppression(on: boolean): Promise<void> {
    this.$noiseSuppression.set(on);
    this.#kept.set(NOISE_KEY, on ? 'on' : 'off');
    await this.#gear?.microphone.setNoiseSuppression(on);
  }
}

/** Copy `from` into `to` as long as somebody watches `to`; sources that cost something (levels, device lists) rest otherwise. */
function whileWatched<A, B>(
  to: WritableAtom<B>,
  from: ReadableAtom<A>,
  read: (value: A) => B,
): (() => void)[] {
  let stopCopying: (() => void) | null = null;
  const stop = () => {
    stopCopying?.();
    stopCopying = null;
  };
  const start = () => {
    stopCopying ??= from.subscribe((value) => to.set(read(value)));
    return stop;
  };
  if (to.lc > 0) start();
  return [onMount(to, start), stop];
}

function readVolume(kept: string | null): number {
  const volume = Number(kept ?? '1');
  return volume >= 0 && volume <= 1 ? volume : 1;
}
