/**
 * What runs inside the page. Playwright hands a function over as text, so each of these stands alone: nothing outside
 * its own body may be used.
 */

/** What the page keeps for us; see {@link installEar}. */
export interface Ear {
  /** Samples a second. */
  rate: number;
  /** This moment, in samples; to be used as `from` later. */
  now(): number;
  /** Samples collected so far; they come in portions, so this lags behind {@link Ear.now}. */
  collected(): number;
  /** Samples in [from, to), 16 bit little-endian in base64; what is older than the memory is silence. */
  read(from: number, to: number): string;
  /** Per 10 ms in [from, to): which speakers' elements sound, as a name per element. */
  sounding(from: number, to: number): string[][];
  /** Every `<audio>` or `<video>` that has played: whose it is and whether it could be heard now. */
  elements(): { name: string; audible: boolean }[];
  state: AudioContextState;
}

/**
 * Listens to what a person in front of this page would hear: every media element that plays a stream, at its own volume,
 * silent while muted, paused or not yet playing. The elements themselves are left as they are.
 */
export function installEar(): void {
  const BLOCK = 480;
  const COLLECT = 16_384;
  const SECONDS = 180;
  const INPUTS = 24;
  const LOUD = 0.0005;

  interface Source {
    gain: GainNode;
    input: number;
    track: MediaStreamTrack | null;
    node: MediaStreamAudioSourceNode | null;
  }

  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  const memory = new Int16Array(context.sampleRate * SECONDS);
  const blocks = memory.length / BLOCK;
  const levels: string[][] = Array.from({ length: blocks }, () => []);
  const sources = new Map<HTMLMediaElement, Source>();
  const names: string[] = [];
  let heard = 0;
  let ahead = Infinity;
  let lastInput = -1;

  const nameOf = (element: HTMLMediaElement): string =>
    element.dataset['nestsSpeaker'] ?? (element.id || 'nameless element');

  const isAudible = (element: HTMLMediaElement): boolean =>
    !element.paused && !element.muted && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;

  /** One block of 10 ms out of what the recorder collected: the mix into memory, who sounded into `levels`. */
  const keep = (channels: Float32Array[], from: number): void => {
    const at = heard % memory.length;
    const power = channels.map(() => 0);
    for (let n = 0; n < BLOCK; n++) {
      let mix = 0;
      channels.forEach((channel, input) => {
        const sample = channel[from + n] ?? 0;
        mix += sample;
        power[input] = (power[input] ?? 0) + sample * sample;
      });
      memory[at + n] = Math.round(Math.max(-1, Math.min(1, mix)) * 32_767);
    }
    levels[(heard / BLOCK) % blocks] = names.filter(
      (_, input) => Math.sqrt((power[input] ?? 0) / BLOCK) > LOUD,
    );
    heard += BLOCK;
  };

  const merger = new ChannelMergerNode(context, { numberOfInputs: INPUTS });
  // An AudioWorklet would need a script of its own, which the pages' security policy does not allow. Its large buffer
  // lets this one outlive a busy main thread without losing a sample.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
  const recorder = context.createScriptProcessor(COLLECT, INPUTS, 1);
  let rest: Float32Array[] = Array.from({ length: INPUTS }, () => new Float32Array(0));
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
  recorder.onaudioprocess = ({ inputBuffer }) => {
    const channels = rest.map((before, input) => {
      const joined = new Float32Array(before.length + COLLECT);
      joined.set(before);
      joined.set(inputBuffer.getChannelData(input), before.length);
      return joined;
    });
    const length = channels[0]?.length ?? 0;
    let from = 0;
    for (; from + BLOCK <= length; from += BLOCK) keep(channels, from);
    // A portion is handed over when it is complete, or a little later; the smallest difference is the true one.
    ahead = Math.min(ahead, context.currentTime * context.sampleRate - heard);
    rest = channels.map((channel) => channel.slice(from));
  };
  merger.connect(recorder);
  // Its output is silence; connected, it is kept running.
  recorder.connect(context.destination);

  /** An input that no living element uses; the one freed longest ago, because what it heard may still be unnamed. */
  const freeInput = (): number => {
    for (const [element, source] of sources) {
      if (element.srcObject !== null || source.node !== null) continue;
      source.gain.disconnect();
      sources.delete(element);
    }
    const taken = new Set([...sources.values()].map(({ input }) => input));
    if (taken.size === INPUTS) throw new Error('the ear has no input left');
    do lastInput = (lastInput + 1) % INPUTS;
    while (taken.has(lastInput));
    return lastInput;
  };

  const sourceOf = (element: HTMLMediaElement): Source => {
    let source = sources.get(element);
    if (!source) {
      source = { gain: new GainNode(context, { gain: 0 }), input: freeInput(), track: null, node: null };
      sources.set(element, source);
      source.gain.connect(merger, 0, source.input);
      for (const name of [
        'play',
        'playing',
        'pause',
        'ended',
        'emptied',
        'volumechange',
        'canplay',
        'waiting',
      ]) {
        element.addEventListener(name, () => follow(element));
      }
    }
    return source;
  };

  /** Brings the ear's copy of an element up to date. */
  const follow = (element: HTMLMediaElement): void => {
    const stream = element.srcObject;
    if (!(stream instanceof MediaStream) && !sources.has(element)) return;
    const source = sourceOf(element);
    names[source.input] = nameOf(element);
    const track =
      stream instanceof MediaStream
        ? (stream.getAudioTracks().find(({ readyState }) => readyState === 'live') ?? null)
        : null;
    if (track !== source.track) {
      source.node?.disconnect();
      source.track = track;
      source.node = track ? context.createMediaStreamSource(new MediaStream([track])) : null;
      source.node?.connect(source.gain);
    }
    source.gain.gain.value = isAudible(element) ? element.volume : 0;
  };

  const followAll = (): void => {
    for (const element of sources.keys()) follow(element);
    // A context may start only after a click, just as the page's own sound.
    if (context.state === 'suspended' && navigator.userActivation.hasBeenActive) void context.resume();
  };

  const media = HTMLMediaElement.prototype;
  for (const property of ['srcObject', 'muted', 'volume'] as const) {
    const original = Object.getOwnPropertyDescriptor(media, property);
    if (!original?.set) continue;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
    const set: (value: unknown) => void = original.set;
    Object.defineProperty(media, property, {
      ...original,
      set(this: HTMLMediaElement, value: unknown) {
        set.call(this, value);
        follow(this);
      },
    });
  }
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const { play, pause } = media;
  media.play = function (this: HTMLMediaElement) {
    const playing = play.call(this);
    follow(this);
    return playing.finally(() => follow(this));
  };
  media.pause = function (this: HTMLMediaElement) {
    pause.call(this);
    follow(this);
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const { addTrack, removeTrack } = MediaStream.prototype;
  MediaStream.prototype.addTrack = function (track) {
    addTrack.call(this, track);
    followAll();
  };
  MediaStream.prototype.removeTrack = function (track) {
    removeTrack.call(this, track);
    followAll();
  };
  setInterval(followAll, 20);

  const ear: Ear = {
    rate: context.sampleRate,
    now: () =>
      heard === 0 ? 0 : Math.max(heard, Math.round(context.currentTime * context.sampleRate - ahead)),
    collected: () => heard,
    read: (from, to) => {
      const bytes = new DataView(new ArrayBuffer(Math.max(0, to - from) * 2));
      for (let n = Math.max(0, from, heard - memory.length); n < Math.min(to, heard); n++) {
        bytes.setInt16((n - from) * 2, memory[n % memory.length] ?? 0, true);
      }
      let text = '';
      const raw = new Uint8Array(bytes.buffer);
      for (let at = 0; at < raw.length; at += 32_768) {
        text += String.fromCharCode(...raw.subarray(at, at + 32_768));
      }
      return btoa(text);
    },
    sounding: (from, to) => {
      const found: string[][] = [];
      for (let block = Math.ceil(from / BLOCK); block < Math.floor(Math.min(to, heard) / BLOCK); block++) {
        found.push(levels[block % blocks] ?? []);
      }
      return found;
    },
    elements: () =>
      [...sources.keys()].map((element) => ({ name: nameOf(element), audible: isAudible(element) })),
    get state() {
      return context.state;
    },
  };
  Object.assign(window, { ear });
}

/**
 * Counts how often the page asks for the microphone, and asks for it raw: noise suppression, made for speech, would
 * take a steady tone for noise.
 */
export function countMicrophoneRequests(): void {
  let requests = 0;
  const devices = navigator.mediaDevices;
  const original = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (constraints) => {
    if (!constraints?.audio) return original(constraints);
    requests++;
    const audio = typeof constraints.audio === 'object' ? constraints.audio : {};
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return original({ ...constraints, audio: { ...audio, ...raw } });
  };
  Object.defineProperty(window, 'microphoneRequests', { get: () => requests });
}
