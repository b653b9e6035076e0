import { atom } from 'nanostores';

import { MakeItSo } from '../media/make-it-so.ts';
import { type Microphone, MicrophoneError, type RoomLink } from '../media/media-types.ts';
import type { MicrophoneView } from './session-types.ts';

type Wish = MicrophoneView['desired'];

const OFF: MicrophoneView = {
  desired: 'off',
  actual: 'off',
  syncing: false,
  problem: null,
  talkingWhileMuted: false,
};

/**
 * The microphone as wished and as it is, over however many links there are. It is asked for only when somebody wishes to be on the stage
 * with one (`muted` or `live`); a mute shuts every link's gate before anything is awaited; and nothing but a person's own wish ever opens
 * one, so a reconnect joins a new link in the state in which the old one was. Whoever has been told that nobody hears them is muted from
 * then on: what failed does not come about later by itself.
 */
export class MicrophoneControl {
  readonly $view = atom<MicrophoneView>(OFF);
  readonly #onMutedByServer: () => void;
  readonly #links = new Map<RoomLink, () => void>();
  readonly #so = new MakeItSo<Wish>((wish) => this.#apply(wish));
  #microphone: Microphone | null = null;
  #stops: (() => void)[] = [];
  #desired: Wish = 'off';
  #failed: MicrophoneView['problem'] = null;
  /** How often the microphone was closed: an opening that began before the last time has been given up. */
  #closings = 0;

  /** @param onMutedByServer called after a host's mute was taken over as our own wish */
  constructor(onMutedByServer: () => void) {
    this.#onMutedByServer = onMutedByServer;
  }

  /** The media code is here. Before, nobody can be on a stage, so nothing is missed. */
  connect(microphone: Microphone): void {
    this.#microphone = microphone;
    this.#stops = [
      microphone.$track.listen(() => this.#captureChanged()),
      microphone.$problem.listen(() => this.#captureChanged()),
      microphone.$talking.listen(() => this.#show()),
    ];
  }

  /** A link came up: it gets the microphone as it is wished now. */
  addLink(link: RoomLink): void {
    const stopShowing = link.$sending.listen(() => this.#show());
    const stopListening = link.onMutedByServer(() => this.#mutedByServer());
    this.#links.set(link, () => {
      stopShowing();
      stopListening();
    });
    void this.#sendTo(link);
    this.#show();
  }

  /** A link is over. */
  removeLink(link: RoomLink): void {
    this.#links.get(link)?.();
    this.#links.delete(link);
    this.#show();
  }

  /**
   * Ends when it is so, or has turned out to be impossible (then `$view.problem` says why). `off` closes the microphone before this returns,
   * also one that the person is still being asked for; what takes longer is only that the server hears of it.
   */
  async want(wish: Wish): Promise<void> {
    this.#desired = wish;
    this.#failed = null;
    if (wish !== 'live') void this.#sendToAll();
    if (wish === 'off') this.#shut();
    this.#microphone?.setLive(wish === 'live');
    this.#show();
    await this.#so.want(wish).catch(() => undefined);
    this.#show();
  }

  /** Off, for good. */
  close(): void {
    this.#desired = 'off';
    for (const link of [...this.#links.keys()]) this.removeLink(link);
    this.#shut();
    for (const stop of this.#stops) stop();
    this.$view.set(OFF);
  }

  async #apply(wish: Wish): Promise<void> {
    if (wish !== 'off' && !(await this.#open())) return;
    await this.#sendToAll();
  }

  /** False = there is none, which has been said where it was not our own doing. */
  async #open(): Promise<boolean> {
    const closings = this.#closings;
    try {
      await this.#microphone?.open();
      return closings === this.#closings;
    } catch (failure) {
      if (closings !== this.#closings) return false;
      this.#failed = failure instanceof MicrophoneError ? failure.problem : 'failed';
      this.#desired = 'off';
      return false;
    }
  }

  #shut(): void {
    this.#closings += 1;
    this.#microphone?.close();
  }

  /** Each link serialises by itself, and shows by `$sending` what became of it. */
  async #sendToAll(): Promise<void> {
    await Promise.all([...this.#links.keys()].map((link) => this.#sendTo(link)));
  }

  async #sendTo(link: RoomLink): Promise<void> {
    const track = this.#desired === 'off' ? null : (this.#microphone?.$track.get() ?? null);
    try {
      await link.send(track, this.#desired === 'live');
    } catch {
      // A link that is over, or being mended, leaves the wish to the next try; so does an old one to the newest.
      const isLast = link === [...this.#links.keys()].at(-1);
      if (!isLast || link.$state.get() !== 'connected' || this.#desired === 'off') return;
      this.#failed = 'failed';
      this.#mute();
    }
  }

  #captureChanged(): void {
    const microphone = this.#microphone;
    // Unplugged: the next one that is plugged in or chosen is not opened to everybody without a word.
    if (microphone?.$problem.get() && !microphone.$track.get()) this.#mute();
    void this.#sendToAll();
    this.#show();
  }

  /** No longer heard, although nobody here wished for that. */
  #mute(): void {
    if (this.#desired === 'live') {
      this.#desired = 'muted';
      this.#microphone?.setLive(false);
      void this.#sendToAll();
    }
    this.#show();
  }

  #mutedByServer(): void {
    if (this.#desired !== 'live') return;
    this.#mute();
    this.#onMutedByServer();
  }

  #show(): void {
    const microphone = this.#microphone;
    const captured = (microphone?.$track.get() ?? null) !== null;
    // Heard over any link is heard: while everybody moves, the old room still listens.
    const live = [...this.#links.keys()].some((link) => link.$sending.get() === 'live');
    const actual = !captured ? 'off' : live ? 'live' : 'muted';
    const problem = this.#failed ?? microphone?.$problem.get() ?? null;
    this.$view.set({
      desired: this.#desired,
      actual,
      syncing: problem === null && actual !== this.#desired,
      problem,
      talkingWhileMuted: actual === 'muted' && (microphone?.$talking.get() ?? false),
    });
  }
}
