import type { NestEvent } from '@nests/protocol/nest-event';
import { atom, type ReadableAtom } from 'nanostores';
import type {
  Action,
  AudioControls,
  InviteDesk,
  MicrophoneView,
  NestDetails,
  NestSession,
  Person,
  PersonAction,
  PersonActions,
} from '../nest/session-types.ts';
import { keyOf } from './cast.ts';

/** The room that every state is about. */
export const ROOM_ID = '6f1d8a52-3f5c-4a43-9a3e-0d6a5b1f7c21';
/** Whose nest it is. */
export const HOST = keyOf('Mira');

/** The values behind the session's atoms, by their names without the `$`. */
export type SessionValues = {
  [
    Name in keyof NestSession as Name extends `$${infer Plain}` ? Plain : never
  ]: NestSession[Name] extends ReadableAtom<infer Value> ? Value : never;
};

const nothing: Action = () => Promise.resolve();
const done: PersonAction = () => Promise.resolve(true);

/** The event of the nest. */
export function nestEvent(change: Partial<NestEvent> = {}): NestEvent {
  const createdAt = Math.floor(Date.now() / 1000) - 3120;
  return {
    address: { host: HOST, d: ROOM_ID },
    title: 'Slow mornings with relays',
    summary: 'Coffee first, then the week in relays. Bring a question, or just listen.',
    color: '#7a3b1f',
    hashtags: ['nostr', 'relays', 'coffee'],
    status: 'open',
    starts: createdAt,
    service: 'https://nests.example',
    streaming: [],
    relays: ['wss://relay.example'],
    people: ['Mira', 'Jonas', 'Adaeze', 'fiatdog', 'Yuki', 'Sol'].map((name, index) => ({
      pubkey: keyOf(name),
      role: index === 0 ? 'host' : 'speaker',
    })),
    createdAt,
    transport: 'livekit',
    event: { id: '', sig: '', pubkey: HOST, kind: 30312, created_at: createdAt, tags: [], content: '' },
    ...change,
  };
}

/** What the API says about the nest. */
export const INFO: NonNullable<SessionValues['info']> = {
  host: HOST,
  admins: [HOST, keyOf('Jonas')],
  speakers: [HOST, ...['Jonas', 'Adaeze', 'fiatdog', 'Yuki', 'Sol'].map(keyOf)],
  link: 'naddr1fake',
  recording: false,
  participantCount: 148,
  createdAt: Date.now() - 3_120_000,
  status: 'active',
  access: 'public',
  guests: true,
  hls_stream: false,
  generation: 2,
};

/** A microphone that rests. */
export const MICROPHONE: MicrophoneView = {
  desired: 'off',
  actual: 'off',
  syncing: false,
  problem: null,
  talkingWhileMuted: false,
};

/** The facts of a nest that is not there. */
export const DETAILS: NestDetails = {
  roomId: ROOM_ID,
  status: 'open',
  createdAt: 1_795_160_000,
  ageS: 3120,
  event: true,
  record: false,
  room: false,
};

/** Two open invitations, and room for more. */
export function fakeInviteDesk(now: number): InviteDesk {
  let open = [
    { id: 'one', by: HOST, at: now - 90_000_000 },
    { id: 'two', by: keyOf('Yuki'), at: now - 600_000 },
  ];
  return {
    list: () => Promise.resolve([...open]),
    make: () => {
      const id = `made ${open.length}`;
      open = [...open, { id, by: keyOf('Yuki'), at: Date.now() }];
      return Promise.resolve({ id, secret: 'pV3m0xqT8dRz1LwYcK5sJb' });
    },
    revoke: (id) => {
      open = open.filter((invite) => invite.id !== id);
      return Promise.resolve();
    },
  };
}

const VALUES: SessionValues = {
  roomId: ROOM_ID,
  address: { host: HOST, d: ROOM_ID },
  naddr:
    'naddr1qvzqqqrkvupzqqn5g8w7p6dz4y3f0x9mvl2hskt7qcjr5u6ewa3nzqp5xccrxve3xuerjdfcxyckzdrpx5ukgdfjvsunqefjxqcrqdp5xpjnsv34x9snyvfs',
  phase: 'idle',
  connection: 'connected',
  joinType: null,
  info: INFO,
  nestEvent: nestEvent(),
  role: 'listener',
  stage: [],
  audience: [],
  hands: [],
  count: 148,
  microphone: MICROPHONE,
  hand: { desired: false, actual: false, syncing: false },
  error: null,
  notice: null,
  invitation: null,
  details: DETAILS,
  join: nothing,
  retry: nothing,
  restart: null,
  restarting: false,
  restartError: null,
  start: null,
  leave: nothing,
  end: null,
  edit: null,
  toggleMicrophone: null,
  holdToTalk: null,
  raiseHand: null,
  lowerHand: null,
  acceptInvitation: nothing,
  declineInvitation: nothing,
  stepDown: null,
  inviteDesk: null,
  send: () => Promise.resolve(true),
  react: nothing,
};

function audioControls(change: { blocked?: boolean; deafened?: boolean }): AudioControls {
  const $deafened = atom(change.deafened ?? false);
  const $volume = atom(0.8);
  const $personVolumes = atom<Record<string, number>>({});
  return {
    $blocked: atom(change.blocked ?? false),
    unblock: nothing,
    $deafened,
    setDeafened: (on) => $deafened.set(on),
    $volume,
    setVolume: (volume) => $volume.set(volume),
    $personVolumes,
    setPersonVolume: (key, volume) => $personVolumes.set({ ...$personVolumes.get(), [key]: volume }),
    $microphones: atom([
      { id: 'a', label: 'Built-in microphone' },
      { id: 'b', label: 'USB headset' },
    ]),
    $outputs: atom([{ id: 'c', label: 'Headphones' }]),
    $microphoneId: atom(''),
    $outputId: atom(''),
    chooseMicrophone: nothing,
    chooseOutput: nothing,
    $noiseSuppression: atom(true),
    setNoiseSuppression: nothing,
    $inputLevel: atom(0.55),
  };
}

const NO_ACTIONS: PersonActions = {
  invite: null,
  toAudience: null,
  mute: null,
  makeAdmin: null,
  unmakeAdmin: null,
  lowerHand: null,
  remove: null,
  ban: null,
  liftBan: null,
};

function actionsFor(me: SessionValues['role'], { role, handSince, isMe }: Person): PersonActions {
  if ((me !== 'host' && me !== 'admin') || isMe || role === 'host') return NO_ACTIONS;
  const onStage = role === 'admin' || role === 'speaker';
  const when = (possible: boolean) => (possible ? done : null);
  return {
    invite: when(role === 'listener'),
    toAudience: when(onStage),
    mute: when(onStage),
    makeAdmin: when(me === 'host' && role !== 'admin' && role !== 'guest'),
    unmakeAdmin: when(me === 'host' && role === 'admin'),
    lowerHand: when(handSince !== null),
    remove: done,
    ban: when(role !== 'guest'),
    liftBan: null,
  };
}

/** A session whose values are given; its buttons change what they would change, and talk to nobody. */
export function fakeSession(
  change: Partial<SessionValues> = {},
  audio: { blocked?: boolean; deafened?: boolean } = {},
): NestSession {
  const values = { ...VALUES, ...change };
  const $microphone = atom(values.microphone);
  const $hand = atom(values.hand);
  const toggle: Action = async () => {
    const live = $microphone.get().actual === 'live';
    $microphone.set({ ...MICROPHONE, desired: live ? 'muted' : 'live', actual: live ? 'muted' : 'live' });
  };
  const setHand =
    (actual: boolean): Action =>
    async () =>
      $hand.set({ desired: actual, actual, syncing: false });
  const speaks = values.role === 'host' || values.role === 'admin' || values.role === 'speaker';
  const { role } = values;
  return {
    $roomId: atom(values.roomId),
    $address: atom(values.address),
    $naddr: atom(values.naddr),
    $phase: atom(values.phase),
    $connection: atom(values.connection),
    $joinType: atom(values.joinType),
    $info: atom(values.info),
    $nestEvent: atom(values.nestEvent),
    $role: atom(role),
    $stage: atom(values.stage),
    $audience: atom(values.audience),
    $hands: atom(values.hands),
    $count: atom(values.count),
    $microphone,
    $hand,
    $error: atom(values.error),
    $notice: atom(values.notice),
    $invitation: atom(values.invitation),
    $inviteDesk: atom(values.inviteDesk),
    $details: atom(values.details),
    audio: audioControls(audio),
    $join: atom(values.join),
    $retry: atom(values.retry),
    $restart: atom(values.restart),
    $restarting: atom(values.restarting),
    $restartError: atom(values.restartError),
    $start: atom(values.start),
    $leave: atom(values.leave),
    $end: atom(values.end),
    $edit: atom(values.edit),
    $toggleMicrophone: atom(values.toggleMicrophone ?? (speaks ? toggle : null)),
    $holdToTalk: atom(values.holdToTalk),
    $raiseHand: atom(values.raiseHand ?? (role === 'guest' ? null : setHand(true))),
    $lowerHand: atom(values.lowerHand ?? setHand(false)),
    $acceptInvitation: atom(values.acceptInvitation),
    $declineInvitation: atom(values.declineInvitation),
    $stepDown: atom(values.stepDown),
    $send: atom(role === 'guest' ? null : values.send),
    $react: atom(role === 'guest' ? null : values.react),
    moderation: (person) => actionsFor(role, person),
    level: (key) => atom((parseInt(key.slice(0, 2), 16) % 100) / 100),
    close: nothing,
  };
}
