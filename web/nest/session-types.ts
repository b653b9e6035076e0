import type { NestAddress } from '@nests/protocol/address';
import type { NestInfo } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import type { Role } from '@nests/protocol/roles';
import type { ReadableAtom } from 'nanostores';

import type { OpenInvite } from '../api/client.ts';

/**
 * The face of one nest's session: what a screen may read and call, and nothing else.
 *
 * Values are atoms that always have a value. Actions are atoms holding a function, or `null` while the action is impossible, so that a
 * button cannot be enabled wrongly. An action never rejects: what went wrong is told by `$error` (the join itself) or `$notice`.
 */
export interface NestSession {
  /** The nest's room id; changes when the nest is recreated or moves, and the browser's address with it. */
  readonly $roomId: ReadableAtom<string>;
  /** Whose nest it is and where, as soon as the API, its event or the link has said so. */
  readonly $address: ReadableAtom<NestAddress | null>;
  /** The link to share (naddr), or null while the host is unknown. */
  readonly $naddr: ReadableAtom<string | null>;
  readonly $phase: ReadableAtom<Phase>;
  readonly $connection: ReadableAtom<Connection>;
  /** How the join went, for people who are in. */
  readonly $joinType: ReadableAtom<JoinType | null>;
  /** What the API says about the nest; null = not asked yet or not known to it. */
  readonly $info: ReadableAtom<NestInfo | null>;
  /** The nest's event: undefined = still looking, null = no relay has one. */
  readonly $nestEvent: ReadableAtom<NestEvent | null | undefined>;
  readonly $role: ReadableAtom<Role>;
  /** Host, admins and speakers, the host first, then in the order in which they came. People of the record who are away are left out. */
  readonly $stage: ReadableAtom<readonly Person[]>;
  /** Everybody else who is in, raised hands first, then in the order in which they came. */
  readonly $audience: ReadableAtom<readonly Person[]>;
  /** Raised hands in the server's order. */
  readonly $hands: ReadableAtom<readonly RaisedHand[]>;
  /** Heads in the nest: what we see when we are in, else what the server says; null = not known. */
  readonly $count: ReadableAtom<number | null>;
  readonly $microphone: ReadableAtom<MicrophoneView>;
  readonly $hand: ReadableAtom<HandView>;
  /** Why we are not in; null while nothing is wrong. */
  readonly $error: ReadableAtom<NestFailure | null>;
  /** The newest line to show and announce once. */
  readonly $notice: ReadableAtom<Notice | null>;
  /** Somebody invites us to speak; null = no invitation waits. */
  readonly $invitation: ReadableAtom<Invitation | null>;
  /** The facts for the details section of the error panel, kept live. */
  readonly $details: ReadableAtom<NestDetails>;
  readonly audio: AudioControls;

  /** Call it inside the click: it also unlocks the browser's audio. */
  readonly $join: ReadableAtom<Action | null>;
  /** Join again after a failure, and the "Retry Connection" button. */
  readonly $retry: ReadableAtom<Action | null>;
  /** For the host (as far as anybody knows who that is). Busy is `$restarting`. */
  readonly $restart: ReadableAtom<Action | null>;
  readonly $restarting: ReadableAtom<boolean>;
  /** Why the last restart failed; null after the next try begins. */
  readonly $restartError: ReadableAtom<NestFailure | null>;
  /** For the host of a planned nest. */
  readonly $start: ReadableAtom<Action | null>;
  /** Go, by one's own wish; the microphone closes at once. */
  readonly $leave: ReadableAtom<Action | null>;
  /** Close the nest for everybody. */
  readonly $end: ReadableAtom<Action | null>;
  readonly $edit: ReadableAtom<((change: NestEdit) => Promise<void>) | null>;
  /** Asks for the microphone the first time somebody unmutes. */
  readonly $toggleMicrophone: ReadableAtom<Action | null>;
  /** Hold to talk: true while the key or button is down. */
  readonly $holdToTalk: ReadableAtom<((down: boolean) => void) | null>;
  readonly $raiseHand: ReadableAtom<Action | null>;
  readonly $lowerHand: ReadableAtom<Action | null>;
  /** "Speak": asks for the microphone and starts muted. */
  readonly $acceptInvitation: ReadableAtom<Action | null>;
  /** "Not now": steps down again. */
  readonly $declineInvitation: ReadableAtom<Action | null>;
  /** A speaker leaves the stage by themselves. */
  readonly $stepDown: ReadableAtom<Action | null>;
  /** Send a chat message; true once a relay has it. Null for guests. */
  readonly $send: ReadableAtom<
    ((text: string, replyTo?: { id: string; pubkey: string }) => Promise<boolean>) | null
  >;
  /** Send a reaction (an emoji) to the room. Null for guests. */
  readonly $react: ReadableAtom<((emoji: string) => Promise<void>) | null>;
  /** For those who may invite, where only invited people come in. */
  readonly $inviteDesk: ReadableAtom<InviteDesk | null>;
  /** What we may do to this person now; every entry is null while impossible. Ask again when `$role` or the person changes. */
  moderation(person: Person): PersonActions;
  /** How loud this person is now, 0–1, for the ring; made on first use, quiet when nobody listens. */
  level(key: string): ReadableAtom<number>;
  /** Leave and forget everything. The session is dead afterwards. */
  close(): Promise<void>;
}

/** An action of a button: call it, its promise ends when it is done, and it never rejects. */
export type Action = () => Promise<void>;

/**
 * Where the person stands. `idle` = before joining (also a planned nest, see `$info.status`), `starting` = waits for a nest that is not
 * up yet and tries by itself, `error` = see `$error`.
 */
export type Phase = 'idle' | 'joining' | 'starting' | 'in' | 'error' | 'ended' | 'removed';
/** The badge: "Connected", "Reconnecting...", "Disconnected". */
export type Connection = 'connected' | 'reconnecting' | 'disconnected';
/** With one's key, or as a guest. */
export type JoinType = 'authenticated' | 'guest';

/** Somebody who is in the nest, whatever number of devices they use. */
export interface Person {
  /** Stable for lists: the public key in hex, or the identity of a guest. */
  key: string;
  /** 64 hex characters; null = a guest. */
  pubkey: string | null;
  role: Role;
  isMe: boolean;
  speaking: boolean;
  /** `none` = no microphone published. */
  microphone: 'none' | 'muted' | 'live';
  /** When the hand went up (ms, server's clock); null = down. */
  handSince: number | null;
}

/** One entry of the queue. */
export interface RaisedHand {
  pubkey: string;
  /** ms, server's clock. */
  since: number;
}

/**
 * The microphone as wished and as it is. `off` = no track exists; `muted` = there is one and it sends nothing; `live` = heard.
 */
export interface MicrophoneView {
  desired: 'off' | 'muted' | 'live';
  /** Show this one. */
  actual: 'off' | 'muted' | 'live';
  /** The two differ and somebody is working on it. */
  syncing: boolean;
  /** `refused` by the person or browser, `missing` device, `silent` = live but nothing comes in, `failed` = could not be sent. */
  problem: 'refused' | 'missing' | 'silent' | 'failed' | null;
  /** True when the person talks while muted ("You are muted"). */
  talkingWhileMuted: boolean;
}

/** One's own hand. */
export interface HandView {
  desired: boolean;
  actual: boolean;
  syncing: boolean;
}

/** "<from> invites you to speak". */
export interface Invitation {
  /** Who is named as inviting: the host. */
  from: string | null;
}

/**
 * One line for the person. `id` grows with each, so that the same line twice is announced twice. `kind` says how: `line` in the nest,
 * `toast` on top. Texts: `errors:notice.<code>` with `.title` and, where there is one, `.text`.
 */
export interface Notice {
  id: number;
  kind: 'line' | 'toast';
  /** `assertive` for errors. */
  tone: 'polite' | 'assertive';
  code: NoticeCode;
  /** Values for the text: the relay's or the host's name… */
  values: Record<string, string | number>;
}

/** Every line there is; texts in `web/i18n/en/errors.json` under `notice`. */
export type NoticeCode =
  | 'joined_as_guest' // toast: Joined as Guest / You were connected as a guest. Some features may be limited.
  | 'recreated' // toast: Nest recreated with new room ID
  | 'restarted' // line: The host restarted the nest
  | 'moved' // line: The nest has moved. You were taken along.
  | 'on_stage' // line: You are on the stage, muted
  | 'to_audience' // line: You are in the audience now
  | 'muted_by_host' // line: A host muted you
  | 'now_admin' // line: You are a co-host now
  | 'host_left' // line: The host has left
  | 'reconnected' // line: You are connected again
  | 'message_not_sent' // line, assertive: No relay took your message
  | 'relay_failed' // toast, assertive: {{relay}} did not take the announcement
  | 'hand_failed' // line, assertive
  | 'moderation_failed' // toast, assertive; why: the API's code in values.code
  | 'edit_failed'
  | 'end_failed'
  | 'start_failed';

/** Why something did not work: said in one title, one sentence and one way out. */
export interface NestFailure {
  code: FailureCode;
  category: FailureCategory;
  titleKey: `errors:failure.${FailureCode}.title`;
  sentenceKey: `errors:failure.${FailureCode}.sentence`;
  /** The one recovery action to offer: "Restart Nest", "Retry Connection", a sign-in prompt, or none. */
  action: 'restart' | 'retry' | 'sign_in' | 'none';
  /** Add the advice to refresh or to contact the host. */
  advice: boolean;
  /** Guests: signing in may help; show the prompt beside it. */
  signInHelps: boolean;
  /** For the folded details: never a token or a key. */
  details: {
    status?: number;
    serverCode?: string;
    requestId?: string;
    retryAfterS?: number;
    message?: string;
  };
}

/** What kind of trouble it is. */
export type FailureCategory =
  'not_found' | 'ended' | 'permission' | 'limit' | 'network' | 'server' | 'media' | 'account';

/** Every failure there is; texts in `web/i18n/en/errors.json` under `failure`, kept complete by a test. */
export type FailureCode =
  | 'still_starting'
  | 'not_available'
  | 'ended'
  | 'timeout'
  | 'unreachable'
  | 'server_trouble'
  | 'recovering'
  | 'token_failed'
  | 'banned'
  | 'blocked'
  | 'removed'
  | 'invite_only'
  | 'no_guests'
  | 'forbidden'
  | 'nest_full'
  | 'stage_full'
  | 'rate_limited'
  | 'not_started'
  | 'elsewhere'
  | 'audio_unreachable'
  | 'signer_refused'
  | 'clock_off'
  | 'wrong_server'
  | 'no_host'
  | 'restart_forbidden'
  | 'restart_not_found'
  | 'restart_server'
  | 'restart_timeout'
  | 'unknown';

/** Live facts for the details section: true ✅, false ❌, null not known yet. */
export interface NestDetails {
  roomId: string;
  /** The event's or record's status word, or "unknown". */
  status: string;
  /** Unix seconds of the event; null = Unknown. */
  createdAt: number | null;
  /** Seconds since then, counted up once a second while somebody looks; null = Unknown. */
  ageS: number | null;
  event: boolean | null;
  record: boolean | null;
  room: boolean | null;
}

/** Something done to one person: true when it was done. It never rejects: what went wrong is told by `$notice`. */
export type PersonAction = () => Promise<boolean>;

/** What may be done to one person; null = not now, not by us, or not to them. */
export interface PersonActions {
  invite: PersonAction | null;
  toAudience: PersonAction | null;
  mute: PersonAction | null;
  makeAdmin: PersonAction | null;
  unmakeAdmin: PersonAction | null;
  lowerHand: PersonAction | null;
  remove: PersonAction | null;
  ban: ((reason?: string) => Promise<boolean>) | null;
  /** Undo of a ban made here. */
  liftBan: PersonAction | null;
}

/** Invitation links of an invite-only nest. Every method rejects with what the API said. */
export interface InviteDesk {
  /** Oldest first. */
  list(): Promise<readonly OpenInvite[]>;
  /** The secret is told this once. */
  make(): Promise<{ id: string; secret: string }>;
  /** Lets nobody else in by it; who is a member already stays one. */
  revoke(id: string): Promise<void>;
}

/** What the host may change about a nest. */
export interface NestEdit {
  title?: string;
  summary?: string;
  image?: string;
  color?: string;
  hashtags?: string[];
  access?: 'public' | 'invite';
  guests?: boolean;
}

/** An input or output of this machine. */
export interface AudioDevice {
  id: string;
  label: string;
}

/** Everything about hearing, and the choice of devices. */
export interface AudioControls {
  /** The browser plays nothing until a click: show a button that calls `unblock`. */
  readonly $blocked: ReadableAtom<boolean>;
  unblock(): Promise<void>;
  readonly $deafened: ReadableAtom<boolean>;
  setDeafened(on: boolean): void;
  /** Everybody's volume, 0–1. */
  readonly $volume: ReadableAtom<number>;
  setVolume(volume: number): void;
  /** By key, 0–1; absent = 1. "Mute for me" is 0. */
  readonly $personVolumes: ReadableAtom<Readonly<Record<string, number>>>;
  setPersonVolume(key: string, volume: number): void;
  readonly $microphones: ReadableAtom<readonly AudioDevice[]>;
  readonly $outputs: ReadableAtom<readonly AudioDevice[]>;
  /** '' = the system's choice. */
  readonly $microphoneId: ReadableAtom<string>;
  readonly $outputId: ReadableAtom<string>;
  chooseMicrophone(id: string): Promise<void>;
  chooseOutput(id: string): Promise<void>;
  readonly $noiseSuppression: ReadableAtom<boolean>;
  setNoiseSuppression(on: boolean): Promise<void>;
  /** One's own level, 0–1, also while muted (it is measured before the mute). */
  readonly $inputLevel: ReadableAtom<number>;
}

/**
 * How a screen gets a session: `openNest(options, ports)` of `web/nest/index.ts`; `createNest` (create.ts) and `runDiagnostics`
 * (diagnostics.ts) are beside it, each for its own page. A session belongs to one account: when the person signs in or out, close it and open another.
 */
export interface OpenNestOptions {
  roomId: string;
  /** From the link's fragment or naddr: whose nest it should be. */
  hostHint?: string | undefined;
  /** Relays of the naddr. */
  relayHints?: readonly string[] | undefined;
  /** An invitation secret from the link's fragment, for an invite-only nest. */
  inviteSecret?: string | undefined;
}
