import type { Gear, SessionAudio } from './audio-controls.ts';
import type { MicrophoneControl } from './microphone-control.ts';
import type { NestPorts } from './ports.ts';

/** The media code and what it made: fetched once; where that failed, fetched anew when it is next needed. */
export class GearBox {
  /** Null until it is there. */
  loaded: Gear | null = null;
  readonly #ports: Pick<NestPorts, 'loadMedia'>;
  readonly #microphone: MicrophoneControl;
  readonly #audio: SessionAudio;
  #loading: Promise<Gear> | null = null;

  constructor(ports: Pick<NestPorts, 'loadMedia'>, microphone: MicrophoneControl, audio: SessionAudio) {
    this.#ports = ports;
    this.#microphone = microphone;
    this.#audio = audio;
  }

  /** Rejects when the code cannot be had now (offline). */
  get(): Promise<Gear> {
    this.#loading ??= this.#load().catch((failure: unknown) => {
      this.#loading = null;
      throw failure;
    });
    return this.#loading;
  }

  /** Call it inside a click: the browser may play from now on, also what is fetched only now. */
  unlock(): void {
    if (this.loaded) void this.loaded.player.unlock();
    else
      this.get().then(
        ({ player }) => player.unlock(),
        () => undefined,
      );
  }

  async #load(): Promise<Gear> {
    const media = await this.#ports.loadMedia();
    const gear = { media, player: media.createPlayer(), microphone: media.createMicrophone() };
    this.loaded = gear;
    this.#microphone.connect(gear.microphone);
    await this.#audio.connect(gear);
    return gear;
  }
}
