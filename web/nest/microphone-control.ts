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
 * one, so a reconnect joins a new link in the state in which the old one was.
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

  /** @param onMutedByServer called after a host's mute was taken over as our own wish */
  constructor(onMutedByServer: () => void) {
    this.#onMutedByServer = onMutedByServer;
  }

  /** The media code is here. Before, nobody can be on a stage, so nothing is missed. */
  connect(microphone: Microphone): void {
    this.#microphone = microphone;
    this.#stops = [
      microphone.$track.listen(() => this.#sendToAll()),
      microphone.$problem.listen(() => this.#show()),
      microphone.$talking.listen(() => this.#show()),
    ];
  }

  /** A link came up: it gets the microphone as it is wished now. The newest link is the one whose state is shown. */
  addLink(link: RoomLink): void {
    const stopShowing = link.$sending.listen(() => this.#show());
    const stopListening = link.onMutedByServer(() => this.#mutedByServer());
    this.#links.set(link, () => {
      stopShowing();
      stopListening();
    });
    this.#sendTo(link);
    this.#show();
  }

  /** A link is over. */
  removeLink(link: RoomLink): void {
    this.#links.get(link)?.();
    this.#links.delete(link);
    this.#show();
  }

  /** Ends when it is so, or has turned out to be impossible (then `$view.problem` says why). */
  async want(wish: Wish): Promise<void> {
    this.#desired = wish;
    this.#failed = null;
    if (wish !== 'live') this.#sendToAll();
    this.#microphone?.setLive(wish === 'live');
    this.#show();
    await this.#so.want(wish).catch(() => undefined);
    this.#show();
  }

  /** Off, for good. */
  close(): void {
    this.#desired = 'off';
    for (const link of [...this.#links.keys()]) this.removeLink(link);
    this.#microphone?.close();
    for (const stop of this.#stops) stop();
    this.$view.set(OFF);
  }

  async #apply(wish: Wish): Promise<void> {
    if (wish === 'off') {
      this.#microphone?.close();
      await Promise.allSettled([...this.#links.keys()].map((link) => link.send(null, false)));
      return;
    }
    const track = await this.#open();
    if (!track || this.#desired === 'off') return;
    const live = this.#desired === 'live';
    const results = await Promise.allSettled([...this.#links.keys()].map((link) => link.send(track, live)));
    if (results.at(-1)?.status === 'rejected') this.#failed = 'failed';
  }

  async #open(): Promise<MediaStreamTrack | null> {
    try {
      return (await this.#microphone?.open()) ?? null;
    } catch (failure) {
      this.#failed = failure instanceof MicrophoneError ? failure.problem : 'failed';
      this.#desired = 'off';
      return null;
    }
  }

  /** Fire and forget: each link serialises by itself, and shows by `$sending` what became of it. */
  #sendToAll(): void {
    for (const link of this.#links.keys()) this.#sendTo(link);
  }

  #sendTo(link: RoomLink): void {
    const track = this.#desired === 'off' ? null : (this.#microphone?.$track.get() ?? null);
    link.send(track, this.#desired === 'live').catch(() => undefined);
  }

  #mutedByServer(): void {
    if (this.#desired !== 'live') return;
    this.#desired = 'muted';
    this.#microphone?.setLive(false);
    this.#sendToAll();
    this.#show();
    this.#onMutedByServer();
  }

  #show(): void {
    const sending = [...this.#links.keys()].at(-1)?.$sending.get() ?? 'none';
    const microphone = this.#microphone;
    const captured = (microphone?.$track.get() ?? null) !== null;
    const actual = !captured ? 'off' : sending === 'live' ? 'live' : 'muted';
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
