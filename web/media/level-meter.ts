let context: AudioContext | null = null;

/**
 * The one audio context of the page. It only measures (and makes silence), it never carries what people hear: phones stop it in the
 * background, and the elements play on.
 */
export function audioContext(): AudioContext {
  context ??= new AudioContext();
  return context;
}

/** Measures one track until closed. */
export class LevelMeter {
  readonly #analyser: AnalyserNode;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    const audio = audioContext();
    this.#analyser = audio.createAnalyser();
    this.#analyser.fftSize = 512;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source = audio.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** Root mean square of the last ten milliseconds, 0–1; 0 also while the page may not measure. */
  rms(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / this.#samples.length);
  }

  close(): void {
    this.#source.disconnect();
  }
}

/** A root mean square as the eye expects it: speech, around a tenth of full scale, fills half the bar. */
export function forTheEye(rms: number): number {
  return Math.min(1, rms * 5);
}
