import { atom } from 'nanostores';

import { readDevices } from './devices.ts';
import { audioContext, forTheEye, LevelMeter } from './level-meter.ts';
import { MakeItSo } from './make-it-so.ts';
import { type Microphone, MicrophoneError, type MicrophoneProblem } from './media-types.ts';

const LOOK_MS = 50;
/** Softer than this is nobody speaking (full scale is 1). */
const TALKING_LEVEL = 0.03;
/** How long somebody has to be loud to count as talking, and quiet to count as done. */
const TALKING_AFTER_MS = 250;
const QUIET_AFTER_MS = 1_500;
/** A working microphone has noise; this long without any of it means a hardware mute or the wrong device. */
const SILENT_AFTER_MS = 6_000;
const NOISE_FLOOR = 0.000_05;

/** What the browser said, in our words. */
export function microphoneProblem(failure: unknown): MicrophoneProblem {
  const name = failure instanceof DOMException ? failure.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'failed';
}

/** The browser's microphone, captured once. */
export class BrowserMicrophone implements Microphone {
  readonly $track = atom<MediaStreamTrack | null>(null);
  readonly $problem = atom<MicrophoneProblem | null>(null);
  readonly $level = atom(0);
  readonly $talking = atom(false);
  readonly $deviceId = atom('');
  readonly $noiseSuppression = atom(true);
  readonly #so = new MakeItSo<boolean>((open) => this.#apply(open));
  #watch: Watch | null = null;
  #live = false;
  #wanted = false;

  /** See `Microphone.open`: asks the person the first time. */
  async open(): Promise<MediaStreamTrack> {
    this.#wanted = true;
    const track = this.$track.get();
    if (track?.readyState === 'live') return track;
    await this.#so.want(true);
    const opened = this.$track.get();
    if (!opened) throw new MicrophoneError('failed');
    return opened;
  }

  /** Stop the capture, also one that the browser is still asking about. */
  close(): void {
    this.#wanted = false;
    this.#release();
    this.$problem.set(null);
    void this.#so.want(false);
  }

  /** Only silence while live is a problem, and it begins to count now. */
  setLive(live: boolean): void {
    this.#live = live;
    this.#watch?.forgetSilence();
    if (this.$problem.get() === 'silent') this.$problem.set(null);
  }

  /** Use this device; while captured, at once. */
  async choose(deviceId: string): Promise<void> {
    this.$deviceId.set(deviceId);
    await this.#captureAnew();
  }

  /** Let the browser filter noise, or not; while captured, at once. */
  async setNoiseSuppression(on: boolean): Promise<void> {
    this.$noiseSuppression.set(on);
    await this.#captureAnew();
  }

  async #captureAnew(): Promise<void> {
    if (!this.#wanted) return;
    await this.#so.want(true).catch((failure: unknown) => {
      this.$problem.set(failure instanceof MicrophoneError ? failure.problem : 'failed');
    });
  }

  async #apply(open: boolean): Promise<void> {
    if (!open) {
      this.#release();
      return;
    }
    const track = await this.#capture();
    // The person may have thought better of it while the browser was asking.
    if (!this.#wanted) {
      track.stop();
      return;
    }
    const before = this.$track.get();
    this.#watch?.stop();
    this.#watch = new Watch(track, (level, talking, silent) => this.#measured(level, talking, silent));
    track.addEventListener('ended', () => this.#ended(track), { once: true });
    this.$problem.set(null);
    this.$track.set(track);
    before?.stop();
    // Only now does the browser tell the devices' names.
    void readDevices(mediaDevices());
  }

  async #capture(): Promise<MediaStreamTrack> {
    const deviceId = this.$deviceId.get();
    const noiseSuppression = this.$noiseSuppression.get();
    const audio: MediaTrackConstraints = {
      echoCancellation: true,
      autoGainControl: true,
      noiseSuppression,
      channelCount: 1,
      ...(deviceId === '' ? {} : { deviceId: { ideal: deviceId } }),
    };
    try {
      const stream = await mediaDevices().getUserMedia({ audio });
      const track = stream.getAudioTracks()[0];
      if (!track) throw new MicrophoneError('missing');
      return track;
    } catch (failure) {
      throw failure instanceof MicrophoneError
        ? failure
        : new MicrophoneError(microphoneProblem(failure), failure);
    }
  }

  /** Unplugged, or taken away by the system: the default device may still be there. */
  #ended(track: MediaStreamTrack): void {
    if (track !== this.$track.get() || !this.#wanted) return;
    this.#so.want(true).catch(() => {
      if (track !== this.$track.get()) return;
      this.#release();
      this.$problem.set('missing');
    });
  }

  #measured(level: number, talking: boolean, silent: boolean): void {
    this.$level.set(level);
    this.$talking.set(talking);
    const problem = this.$problem.get();
    if (silent && this.#live && problem === null) this.$problem.set('silent');
    if (!silent && problem === 'silent') this.$problem.set(null);
  }

  #release(): void {
    this.#watch?.stop();
    this.#watch = null;
    this.$track.get()?.stop();
    this.$track.set(null);
    this.$level.set(0);
    this.$talking.set(false);
  }
}

/** Without a secure origin browsers hide `mediaDevices` altogether, whatever the types say. */
function mediaDevices(): MediaDevices {
  if (!('mediaDevices' in navigator)) throw new MicrophoneError('refused');
  return navigator.mediaDevices;
}

/** Measures a captured track until stopped. */
class Watch {
  readonly #meter: LevelMeter;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #report: (level: number, talking: boolean, silent: boolean) => void;
  #talking = false;
  #changedAt = performance.now();
  #noiseAt = performance.now();

  constructor(track: MediaStreamTrack, report: (level: number, talking: boolean, silent: boolean) => void) {
    this.#report = report;
    this.#meter = new LevelMeter(track);
    void audioContext().resume();
    this.#timer = setInterval(() => this.#look(track), LOOK_MS);
  }

  /** The clock of the silence starts again. */
  forgetSilence(): void {
    this.#noiseAt = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#meter.close();
  }

  #look(track: MediaStreamTrack): void {
    const now = performance.now();
    const level = this.#meter.rms();
    // A suspended context or a hidden page measures nothing; that is not the microphone's fault.
    const blind = audioContext().state !== 'running' || document.hidden || !track.enabled;
    if (blind || level > NOISE_FLOOR) this.#noiseAt = now;

    const loud = level > TALKING_LEVEL;
    if (loud === this.#talking) this.#changedAt = now;
    else if (now - this.#changedAt > (loud ? TALKING_AFTER_MS : QUIET_AFTER_MS)) this.#talking = loud;

    this.#report(forTheEye(level), this.#talking, now - this.#noiseAt > SILENT_AFTER_MS);
  }
}
