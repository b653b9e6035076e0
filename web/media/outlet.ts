import { LevelMeter } from './level-meter.ts';
import type { Voice } from './media-types.ts';

/** How an outlet sounds. */
export interface OutletSettings {
  /** 0–1. */
  volume: number;
  deafened: boolean;
  /** '' = the system's choice. */
  outputId: string;
}

/**
 * One voice in one `<audio>` element. An outlet that is not audible yet runs all the same, muted, so that its audio is there in the moment
 * in which it becomes audible. Only audible ones carry `data-nests-speaker`.
 */
export class Outlet {
  readonly element = document.createElement('audio');
  #voice: Voice;
  #audible: boolean;
  #settings: OutletSettings;
  #meter: LevelMeter | null = null;

  constructor(voice: Voice, settings: OutletSettings, audible: boolean) {
    this.#voice = voice;
    this.#settings = settings;
    this.#audible = audible;
    this.element.autoplay = true;
    this.element.hidden = true;
    this.element.srcObject = new MediaStream([voice.track]);
    this.#show();
    document.body.append(this.element);
    void this.setOutput(settings.outputId);
  }

  get voice(): Voice {
    return this.#voice;
  }

  /** Rejects when the browser wants a click first. */
  async play(): Promise<void> {
    await this.element.play();
  }

  /** The same person's track, perhaps a new one after a reconnect. */
  setVoice(voice: Voice): void {
    if (voice.track !== this.#voice.track) {
      this.element.srcObject = new MediaStream([voice.track]);
      this.#closeMeter();
    }
    this.#voice = voice;
  }

  /** How loud its voice is now (root mean square, 0–1), whether or not it is audible. Measuring begins with the first question. */
  rms(): number {
    if (this.#voice.muted) return 0;
    this.#meter ??= new LevelMeter(this.#voice.track);
    return this.#meter.rms();
  }

  /** Be heard from now on, or run along in silence. */
  setAudible(audible: boolean): void {
    this.#audible = audible;
    this.#show();
  }

  /** Take over volume and deafness. */
  apply(settings: OutletSettings): void {
    this.#settings = settings;
    this.#show();
  }

  /** Keeps the present output where the wished one does not exist (any more). */
  async setOutput(deviceId: string): Promise<void> {
    if (!('setSinkId' in this.element) || this.element.sinkId === deviceId) return;
    await this.element.setSinkId(deviceId).catch(() => undefined);
  }

  /** Silence at once, and out of the page. */
  close(): void {
    this.#closeMeter();
    this.element.muted = true;
    this.element.srcObject = null;
    this.element.remove();
  }

  #closeMeter(): void {
    this.#meter?.close();
    this.#meter = null;
  }

  #show(): void {
    this.element.muted = !this.#audible || this.#settings.deafened;
    this.element.volume = this.#settings.volume;
    if (this.#audible) this.element.dataset['nestsSpeaker'] = this.#voice.key;
    else delete this.element.dataset['nestsSpeaker'];
  }
}
