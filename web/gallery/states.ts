import type { ChatMessage } from '@nests/protocol/chat';
import { failure } from '../nest/failures.ts';
import type { FailureCode, NoticeCode } from '../nest/session-types.ts';
import type { RelayState } from '../screens/nest/screen-ports.ts';
import type { Layer } from '../screens/nest/room/layers.ts';
import { audience, guest, keyOf, person, stage } from './cast.ts';
import {
  DETAILS,
  fakeInviteDesk,
  HOST,
  INFO,
  MICROPHONE,
  nestEvent,
  type SessionValues,
} from './fake-session.ts';

/** One state of the nest's screen. */
export interface GalleryState {
  session?: Partial<SessionValues>;
  /** Nobody is signed in. */
  signedOut?: true;
  audio?: { blocked?: boolean; deafened?: boolean };
  layer?: Layer;
  chat?: readonly ChatMessage[];
  relays?: Record<string, RelayState>;
  reactions?: { name: string; emoji: string }[];
}

const now = Date.now();
const SOON = Math.floor(now / 1000) + 3_849;

/** A message of the fake chat. */
export function message(name: string, minutesAgo: number, text: string, replyTo?: string): ChatMessage {
  return {
    id: `${name}-${minutesAgo}`,
    pubkey: keyOf(name),
    address: { host: HOST, d: 'x' },
    text,
    createdAt: Math.floor(now / 1000) - minutesAgo * 60,
    quotes: [],
    mentions: [],
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

/** The talk of the sketches. */
export const CHAT: readonly ChatMessage[] = [
  message('Ines', 9, 'Is anyone running this on a Pi? Mine holds about forty listeners.'),
  message('Tom', 8, 'Same here, forty-two and then the fan joins the conversation.', 'Ines-9'),
  message('Mira', 7, 'Tom, take a seat up here and tell us. I will bring you on stage.'),
  message('Mira', 6, 'Notes are at https://example.com/notes/relays (also the old ones).'),
  message('Hana', 5, 'The new relay list finally makes sense to me, thank you 🙏'),
  message('Kofi', 2, 'My setup: https://example.com/pictures/setup.jpg'),
];

const inside: Partial<SessionValues> = {
  phase: 'in',
  joinType: 'authenticated',
  stage: stage(),
  audience: audience(142, now),
  count: 148,
};
const asHost: Partial<SessionValues> = {
  ...inside,
  role: 'host',
  stage: stage('Mira'),
  hands: audience(2, now).map(({ key, handSince }) => ({ pubkey: key, since: handSince ?? now })),
  restart: () => Promise.resolve(),
  end: () => Promise.resolve(),
  microphone: { ...MICROPHONE, desired: 'live', actual: 'live' },
};
const asSpeaker: Partial<SessionValues> = {
  ...inside,
  role: 'speaker',
  stage: stage('Yuki'),
  stepDown: () => Promise.resolve(),
  microphone: { ...MICROPHONE, desired: 'muted', actual: 'muted' },
};
const asGuest: Partial<SessionValues> = { ...inside, role: 'guest', joinType: 'guest' };

const failed = (code: FailureCode, isHost = false): Partial<SessionValues> => ({
  phase: 'error',
  connection: 'disconnected',
  error: failure(code, {
    isHost,
    details: { status: 404, serverCode: 'room_not_found', requestId: 'req-4f2a' },
  }),
  ...(isHost ? { role: 'host', restart: () => Promise.resolve() } : {}),
});

const line = (code: NoticeCode): Partial<SessionValues> => ({
  notice: { id: 1, kind: 'line', tone: 'polite', code, values: {} },
});

const before: Record<string, GalleryState> = {
  before: {},
  'before-guest': { signedOut: true, session: { role: 'guest' } },
  'before-host': { session: { role: 'host' } },
  'before-quiet': { session: { count: 0, info: { ...INFO, speakers: [HOST], admins: [HOST] } } },
  looking: { session: { info: null, nestEvent: undefined, count: null, address: null } },
  joining: { session: { phase: 'joining', join: null } },
  scheduled: {
    session: { info: { ...INFO, status: 'planned', starts: SOON }, count: 0, join: null },
  },
  'scheduled-host': {
    session: {
      role: 'host',
      info: { ...INFO, status: 'planned', starts: SOON + 200_000 },
      count: 0,
      join: null,
      start: () => Promise.resolve(),
    },
  },
  starting: { session: { phase: 'starting', join: null } },
  'starting-again': {
    session: { ...failed('still_starting'), phase: 'starting', retry: null },
  },
  'private-guest': {
    signedOut: true,
    session: { role: 'guest', info: { status: 'active', access: 'invite' }, count: null },
  },
  private: { session: { info: { status: 'active', access: 'invite' }, count: null } },
  'private-refused': {
    session: { ...failed('invite_only'), info: { status: 'active', access: 'invite' } },
  },
  recorded: { session: { info: { ...INFO, recording: true } } },
  full: { session: failed('nest_full') },
  ended: { session: { ...failed('ended'), phase: 'ended' } },
  'ended-host': { session: { ...failed('ended', true), phase: 'ended' } },
  removed: { session: { ...failed('removed'), phase: 'removed' } },
  banned: { session: { ...failed('banned'), phase: 'removed' } },
  gone: { session: failed('not_available') },
  'gone-guest': { signedOut: true, session: { ...failed('not_available'), role: 'guest' } },
  'gone-host': { session: failed('not_available', true) },
  'gone-host-restarting': { session: { ...failed('not_available', true), restarting: true } },
  'gone-host-refused': {
    session: { ...failed('not_available', true), restartError: failure('restart_server', { isHost: true }) },
  },
  'still-starting': { session: failed('still_starting') },
  unreachable: {
    session: {
      ...failed('unreachable'),
      info: null,
      nestEvent: null,
      details: {
        ...DETAILS,
        status: 'unknown',
        createdAt: null,
        ageS: null,
        event: null,
        record: null,
        room: null,
      },
    },
  },
  timeout: { session: failed('timeout') },
  elsewhere: { session: failed('elsewhere') },
  'wrong-server': { session: failed('wrong_server') },
  'guests-off': { signedOut: true, session: { ...failed('no_guests'), role: 'guest' } },
};

const room: Record<string, GalleryState> = {
  host: { session: asHost, reactions: [{ name: 'fiatdog', emoji: '🔥' }] },
  'host-alone': {
    session: {
      ...asHost,
      stage: [person('Mira', 'host', { isMe: true })],
      audience: [],
      hands: [],
      count: 1,
      microphone: { ...MICROPHONE, desired: 'muted', actual: 'muted' },
    },
    chat: [],
  },
  'host-two': {
    session: { ...asHost, stage: stage('Mira').slice(0, 2), audience: audience(3, now), count: 5, hands: [] },
  },
  'co-host': { session: { ...asHost, role: 'admin', stage: stage('Jonas'), restart: null, end: null } },
  speaker: { session: asSpeaker },
  'speaker-live': {
    session: { ...asSpeaker, microphone: { ...MICROPHONE, desired: 'live', actual: 'live' } },
  },
  'speaker-opening': {
    session: { ...asSpeaker, microphone: { ...MICROPHONE, desired: 'live', actual: 'muted', syncing: true } },
  },
  listener: { session: inside },
  'listener-hand': { session: { ...inside, hand: { desired: true, actual: true, syncing: false } } },
  guest: { signedOut: true, session: asGuest },
  'joined-as-guest': {
    session: {
      ...asGuest,
      notice: { id: 1, kind: 'toast', tone: 'polite', code: 'joined_as_guest', values: {} },
    },
  },
  crowd: {
    session: {
      ...asHost,
      stage: [
        ...stage('Mira'),
        ...Array.from({ length: 17 }, (_, index) => person(`speaker ${index}`, 'speaker')),
      ],
      hands: Array.from({ length: 7 }, (_, index) => ({
        pubkey: keyOf('Tom'),
        since: now - index * 50_000,
      })).slice(0, 1),
    },
  },
  names: {
    session: {
      ...inside,
      nestEvent: nestEvent({
        title: 'Ein wirklich außerordentlich langer Titel über Donaudampfschifffahrtsgesellschaften',
        color: '#1f4b7a',
      }),
      stage: [
        person('long', 'host'),
        person('arabic', 'speaker', { speaking: true, microphone: 'live' }),
        person('thai', 'speaker'),
        person('nobody', 'speaker'),
      ],
      audience: [person('long', 'listener', { key: 'long2' }), guest(1), guest(2)],
    },
  },
  reconnecting: { session: { ...asSpeaker, connection: 'reconnecting' } },
  disconnected: { session: { ...asSpeaker, connection: 'disconnected' } },
  'muted-talking': {
    session: { ...asSpeaker, microphone: { ...MICROPHONE, actual: 'muted', talkingWhileMuted: true } },
  },
  'microphone-silent': {
    session: {
      ...asSpeaker,
      microphone: { ...MICROPHONE, desired: 'live', actual: 'live', problem: 'silent' },
    },
  },
  'microphone-refused': { session: { ...asSpeaker, microphone: { ...MICROPHONE, problem: 'refused' } } },
  'microphone-missing': { session: { ...asSpeaker, microphone: { ...MICROPHONE, problem: 'missing' } } },
  'sound-blocked': { session: inside, audio: { blocked: true } },
  deafened: { session: inside, audio: { deafened: true } },
  restarted: { session: { ...inside, ...line('restarted') } },
  'on-stage': { session: { ...asSpeaker, ...line('on_stage') } },
  'to-audience': { session: { ...inside, ...line('to_audience') } },
  'host-left': { session: { ...inside, stage: stage().slice(1), ...line('host_left') } },
  restarting: { session: { ...asHost, restarting: true } },
  diagnostics: { session: inside, layer: { kind: 'diagnostics' } },
  invitation: { session: { ...inside, invitation: { from: HOST } } },
  'person-host': { session: asHost, layer: { kind: 'person', key: keyOf('Tom') } },
  'person-speaker': { session: asHost, layer: { kind: 'person', key: keyOf('Adaeze') } },
  'person-listener': { session: inside, layer: { kind: 'person', key: HOST } },
  'person-guest': { session: asHost, layer: { kind: 'person', key: 'guest-8' } },
  share: { session: asHost, layer: { kind: 'share' } },
  'share-invite': {
    session: { ...asHost, info: { ...INFO, access: 'invite' }, inviteDesk: fakeInviteDesk(now) },
    layer: { kind: 'share' },
  },
  'share-member': { session: { ...inside, info: { ...INFO, access: 'invite' } }, layer: { kind: 'share' } },
  help: { session: inside, layer: { kind: 'help' } },
  sound: { session: asSpeaker, layer: { kind: 'sound' } },
  end: { session: asHost, layer: { kind: 'end' } },
  chat: { session: inside, layer: { kind: 'chat' } },
  'chat-empty': { session: inside, layer: { kind: 'chat' }, chat: [] },
  'chat-guest': { signedOut: true, session: asGuest, layer: { kind: 'chat' } },
  'chat-disconnected': {
    session: inside,
    layer: { kind: 'chat' },
    relays: { 'wss://relay.example': 'failed', 'wss://other.example': 'failed' },
  },
  unread: {
    session: inside,
    chat: [...CHAT, ...[-1, -2, -3].map((minutes) => message('Ines', minutes, 'And another thing.'))],
  },
};

/** Every state by its name, in the order in which one meets them. */
export const STATES: Readonly<Record<string, GalleryState>> = { ...before, ...room };
