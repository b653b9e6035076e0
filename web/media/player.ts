import { atom } from 'nanostores';

import { audioContext, forTheEye } from './level-meter.ts';
import type { Player, RoomLink, Voice } from './media-types.ts';
import { Outlet, type OutletSettings } from './outlet.ts';

/** How often a waiting hand-over looks whether the new link is heard. Ten milliseconds is one block of audio. */
const LOOK_MS = 10;
/** A new connection that is silent for this long although the old one is heard will not get better by waiting. */
const PATIENCE_MS = 4_000;

/** One speaker: heard from one link (`now`), perhaps about to be heard from another (`next`). */
interface Speaker {
  now: Source | null;
  next: Candidate | null;
}

/** A source that runs along in silence until it can be relied on. Times as of `performance.now()`. */
interface Candidate extends Source {
  since: number;
  /** When its audio was last heard. */
  heardAt: number;
  /** Since when it has brought what the old one brings; null = it does not. */
  goodSince: number | null;
}

interface Source {
  link: RoomLink;
  /** By identity: somebody with two open devices has two voices. */
  outlets: Map<string, Outlet>;
}

/** Plays speakers through `<audio>` elements in the page. */
export class AudioPlayer implements Player {
  readonly $blocked = atom(false);
  readonly $volume = atom(1);
  readonly $volumes = atom<Readonly<Record<string, number>>>({});
  readonly $deafened = atom(false);
  readonly $outputId = atom('');
  readonly #links: { link: RoomLink; stop: () => void }[] = [];
  readonly #speakers = new Map<string, Speaker>();
  readonly #waiting = new Set<() => void>();
  #looking: ReturnType<typeof setTimeout> | undefined;
  #silence: HTMLAudioElement | null = null;

  /** See `Player`. */
  add(link: RoomLink): void {
    const stop = link.$voices.subscribe(() => this.#reconcile());
    this.#links.push({ link, stop });
    this.#reconcile();
  }

  /** Whoever still played from this link plays from another one, or not at all. */
  drop(link: RoomLink): void {
    const index = this.#links.findIndex((entry) => entry.link === link);
    if (index === -1) return;
    this.#links.splice(index, 1)[0]?.stop();
    this.#reconcile();
  }

  /** Waits by being told, not by looking: every swap checks who is waiting. */
  handedOver(link: RoomLink, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.#needs(link)) return;
        finish();
      };
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** Plays something silent and everything there is, so that the click counts for what comes later. */
  async unlock(): Promise<void> {
    this.#silence ??= playSilence();
    void audioContext().resume();
    const elements = [this.#silence, ...this.#outlets().map((outlet) => outlet.element)];
    const results = await Promise.allSettled(elements.map((element) => element.play()));
    this.$blocked.set(results.some(isRefusal));
  }

  /** The loudest of the speaker's devices. */
  level(key: string): number {
    const outlets = this.#speakers.get(key)?.now?.outlets.values() ?? [];
    return forTheEye(Math.max(0, ...[...outlets].map((outlet) => outlet.rms())));
  }

  /** Everybody's volume, on top of which each person's own counts. */
  setVolume(volume: number): void {
    this.$volume.set(volume);
    this.#applySettings();
  }

  /** One person's volume, kept when they leave and return. */
  setVolumeOf(key: string, volume: number): void {
    this.$volumes.set({ ...this.$volumes.get(), [key]: volume });
    this.#applySettings();
  }

  /** Hear nobody; the streams run on, so that hearing again is instant. */
  setDeafened(on: boolean): void {
    this.$deafened.set(on);
    this.#applySettings();
  }

  /** Play through this device, now and from now on. */
  async setOutput(deviceId: string): Promise<void> {
    this.$outputId.set(deviceId);
    await Promise.all(this.#outlets().map((outlet) => outlet.setOutput(deviceId)));
  }

  /** No more. */
  close(): void {
    for (const { stop } of this.#links.splice(0)) stop();
    this.#reconcile();
    this.#silence?.remove();
    this.#silence = null;
  }

  /** True while somebody who is not muted is still heard from this link; they may not have come to another one yet. */
  #needs(link: RoomLink): boolean {
    return [...this.#speakers.values()].some(
      ({ now }) => now?.link === link && [...now.outlets.values()].some(({ voice }) => !voice.muted),
    );
  }

  #outlets(): Outlet[] {
    return [...this.#speakers.values()].flatMap(({ now, next }) => [
      ...(now?.outlets.values() ?? []),
      ...(next?.outlets.values() ?? []),
    ]);
  }

  #reconcile(): void {
    const keys = new Set(this.#speakers.keys());
    for (const { link } of this.#links) for (const voice of link.$voices.get()) keys.add(voice.key);
    for (const key of keys) this.#reconcileSpeaker(key);
    this.#lookAgain();
    this.#tellWaiting();
  }

  #reconcileSpeaker(key: string): void {
    const speaker = this.#speakers.get(key) ?? { now: null, next: null };
    this.#speakers.set(key, speaker);
    // The newest link that carries the speaker is where they shall be heard from.
    const best = this.#links.findLast(({ link }) => voicesOf(link, key).length > 0)?.link ?? null;
    if (speaker.next && speaker.next.link !== best) {
      closeSource(speaker.next);
      speaker.next = null;
    }
    if (!best || speaker.now?.link === best || !this.#carries(speaker.now, key))
      this.#playFrom(speaker, key, best);
    else if (speaker.next) this.#fill(speaker.next, key, false);
    else speaker.next = candidate(this.#open(best, key, false));
    if (!speaker.now && !speaker.next) this.#speakers.delete(key);
  }

  /** Whether the present source still brings something to listen to. */
  #carries(source: Source | null, key: string): boolean {
    return (
      source !== null &&
      this.#links.some(({ link }) => link === source.link) &&
      voicesOf(source.link, key).length > 0
    );
  }

  /** Play from this link now, without waiting for anything. */
  #playFrom(speaker: Speaker, key: string, link: RoomLink | null): void {
    const next = speaker.next;
    speaker.next = null;
    if (speaker.now && speaker.now.link === link) {
      this.#fill(speaker.now, key, true);
      if (next) closeSource(next);
      return;
    }
    const before = speaker.now;
    speaker.now = link && (next?.link === link ? next : this.#open(link, key, true));
    // In one turn of the event loop, so that nobody is heard twice and nothing is missed.
    for (const outlet of speaker.now?.outlets.values() ?? []) outlet.setAudible(true);
    if (before) closeSource(before);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const check of [...this.#waiting]) check();
  }

  #open(link: RoomLink, key: string, audible: boolean): Source {
    const source = { link, outlets: new Map<string, Outlet>() };
    this.#fill(source, key, audible);
    return source;
  }

  /** One outlet per voice of this speaker on this link. */
  #fill(source: Source, key: string, audible: boolean): void {
    const voices = voicesOf(source.link, key);
    for (const [identity, outlet] of source.outlets)
      if (!voices.some((voice) => voice.identity === identity)) {
        outlet.close();
        source.outlets.delete(identity);
      }
    for (const voice of voices) {
      const outlet = source.outlets.get(voice.identity);
      if (outlet) outlet.setVoice(voice);
      else source.outlets.set(voice.identity, this.#makeOutlet(voice, audible));
    }
  }

  #makeOutlet(voice: Voice, audible: boolean): Outlet {
    const outlet = new Outlet(voice, this.#settingsOf(voice.key), audible);
    outlet.play().catch((failure: unknown) => {
      if (failure instanceof DOMException && failure.name === 'NotAllowedError') this.$blocked.set(true);
    });
    return outlet;
  }

  #settingsOf(key: string): OutletSettings {
    return {
      volume: this.$volume.get() * (this.$volumes.get()[key] ?? 1),
      deafened: this.$deafened.get(),
      outputId: this.$outputId.get(),
    };
  }

  #applySettings(): void {
    for (const outlet of this.#outlets()) outlet.apply(this.#settingsOf(outlet.voice.key));
  }

  /** Swap whoever is ready, and look again while somebody is not. */
  #lookAgain(): void {
    clearTimeout(this.#looking);
    for (const [key, speaker] of this.#speakers)
      if (speaker.next && isReady(speaker)) this.#playFrom(speaker, key, speaker.next.link);
    if ([...this.#speakers.values()].some((speaker) => speaker.next))
      this.#looking = setTimeout(() => this.#lookAgain(), LOOK_MS);
  }
}

function voicesOf(link: RoomLink, key: string): Voice[] {
  return link.$voices.get().filter((voice) => voice.key === key);
}

function closeSource(source: Source): void {
  for (const outlet of source.outlets.values()) outlet.close();
}

function candidate(source: Source): Candidate {
  const now = performance.now();
  return { ...source, since: now, heardAt: -Infinity, goodSince: null };
}

/** Root mean square below which nobody is heard. */
const HEARD = 0.002;
/** Two links carry the same word some tens of milliseconds apart. */
const APART_MS = 150;
/** How long the new one has to be good: its jitter buffer is only beginning to learn how long it has to be. */
const STEADY_MS = 300;

/** The old one plays until the new one has brought the same for a while: the very samples, not only packets. */
function isReady({ now, next }: Speaker): boolean {
  if (!now || !next) return false;
  const time = performance.now();
  const incoming = [...next.outlets.values()];
  if (time - next.since > PATIENCE_MS || incoming.every((outlet) => outlet.voice.muted)) return true;
  if (loudest(next) > HEARD) next.heardAt = time;
  const flows = incoming.some((outlet) => outlet.voice.flowing());
  const isGood = flows && (loudest(now) <= HEARD || time - next.heardAt < APART_MS);
  next.goodSince = isGood ? (next.goodSince ?? time) : null;
  return next.goodSince !== null && time - next.goodSince >= STEADY_MS;
}

function loudest(source: Source): number {
  return Math.max(0, ...[...source.outlets.values()].map((outlet) => outlet.rms()));
}

function isRefusal(result: PromiseSettledResult<void>): boolean {
  return (
    result.status === 'rejected' &&
    result.reason instanceof DOMException &&
    result.reason.name === 'NotAllowedError'
  );
}

/**
 * Phones stop playing elements that start later, outside a click, unless something already plays. So something does: an empty track.
 */
function playSilence(): HTMLAudioElement {
  const element = document.createElement('audio');
  element.hidden = true;
  element.srcObject = audioContext().createMediaStreamDestination().stream;
  document.body.append(element);
  return element;
}
