/**
 * What travels over HTTP, once: validation, types, the OpenAPI document and the web app's client come from these
 * schemas. Each schema and its type share a name. Times are milliseconds unless a field says seconds.
 * The web app imports only the types (`import type`), so that zod stays out of its bundle.
 */
import * as z from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { ROLES } from './roles.ts';
import { safeRelayUrl } from './urls.ts';

const Pubkey = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a public key as 64 lower-case hex digits')
  .meta({ id: 'Pubkey', description: 'A public key, 64 lower-case hex digits' });

const Count = z.int().nonnegative();
const Milliseconds = z.int().nonnegative().meta({ description: 'Unix time in milliseconds' });
const Seconds = z.int().nonnegative().meta({ description: 'Unix time in seconds' });
const Token = z.string().min(1).meta({ description: 'A LiveKit access token, valid for minutes' });
const Session = z.string().min(1).meta({
  description: 'Sent as `Authorization: Bearer …` on the routes of this nest, instead of signing again',
});
const Endpoints = z.array(z.string()).meta({
  description:
    '`wss+livekit://host` as a browser outside reaches it, then the HLS address where there is one',
});
const RoomId = z.string().min(1);
const Generation = Count.meta({
  description: 'Counts the LiveKit rooms the nest has had; 0 before the first',
});
const RoleSchema = z.enum(ROLES);

export const NestStatus = z.enum(['planned', 'active', 'ended']);
export type NestStatus = z.infer<typeof NestStatus>;

export const Access = z.enum(['public', 'invite']);
export type Access = z.infer<typeof Access>;

// ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────

const options = {
  hls_stream: z.boolean().optional(),
  access: Access.optional(),
  guests: z.boolean().optional().meta({ description: 'Whether people without a key may listen' }),
  starts: Seconds.optional().meta({
    description: 'Unix seconds; in the future makes a planned nest, at most a year ahead',
  }),
  stageLimit: z.int().min(1).max(100).optional(),
  capacity: z.int().min(1).max(100_000).optional(),
};

/** What a relay may take in a naddr (NIP-19); a normalised address is ASCII, so characters are bytes. */
const MOST_RELAY_BYTES = 255;

function relayList(allowInsecureRelays: boolean) {
  const relay = z
    .string()
    .max(MOST_RELAY_BYTES)
    .refine((url) => safeRelayUrl(url, allowInsecureRelays) !== null, {
      error: allowInsecureRelays ? 'must be a wss:// or ws:// address' : 'must be a wss:// address',
    })
    .overwrite((url) => safeRelayUrl(url, allowInsecureRelays) ?? url)
    .refine((url) => url.length <= MOST_RELAY_BYTES, { error: 'is too long' });
  return z.array(relay).min(1).max(10);
}

/** The relay rules of this server: `ws://` beyond loopback is for development only. */
export interface RelayRules {
  allowInsecureRelays: boolean;
}

/** The body of `PUT /api/v1/nests`. */
export function createBody({ allowInsecureRelays }: RelayRules) {
  return z.object({ relays: relayList(allowInsecureRelays), ...options, hls_stream: z.boolean() });
}
export type CreateBody = z.infer<ReturnType<typeof createBody>>;

/** The body of `PATCH /:id`: whatever shall change. */
export function patchBody({ allowInsecureRelays }: RelayRules) {
  return z.object({ relays: relayList(allowInsecureRelays).optional(), ...options });
}
export type PatchBody = z.infer<ReturnType<typeof patchBody>>;

/** The body of `POST /:id/restart`, which may be missing: relays for a nest that has to be made anew. */
export function restartBody({ allowInsecureRelays }: RelayRules) {
  return z.object({ relays: relayList(allowInsecureRelays).optional() });
}
export type RestartBody = z.infer<ReturnType<typeof restartBody>>;

/** The options of a nest, as create and patch take them. */
export type NestOptions = Omit<CreateBody, 'relays'>;

export const JoinBody = z.object({ secret: z.string().min(1).max(256).optional() });
export type JoinBody = z.infer<typeof JoinBody>;

export const HandBody = z.object({ raised: z.boolean() });
export type HandBody = z.infer<typeof HandBody>;

export const PermissionsBody = z
  .object({
    participant: Pubkey,
    can_publish: z.boolean().optional(),
    mute_microphone: z.boolean().optional(),
    is_admin: z.boolean().optional(),
  })
  .refine(
    ({ can_publish, mute_microphone, is_admin }) =>
      [can_publish, mute_microphone, is_admin].some((change) => change !== undefined),
    { error: 'must name at least one change' },
  );
export type PermissionsBody = z.infer<typeof PermissionsBody>;

export const RemoveBody = z.object({
  participant: z
    .string()
    .regex(/^(?:[0-9a-f]{64}|guest-[A-Za-z0-9_-]{1,64})$/, 'must be a public key or a guest identity'),
  ban: z.boolean(),
  reason: z.string().max(280).optional(),
});
export type RemoveBody = z.infer<typeof RemoveBody>;

// ── Replies ─────────────────────────────────────────────────────────────────────────────────────────────────────

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export const ErrorBody = z
  .object({
    error: z.string(),
    code: z.enum(CODES),
    requestId: z.string(),
    origin: z.string().optional().meta({ description: 'With 401: the origin a request must be signed for' }),
    serverTime: Seconds.optional().meta({ description: "With 401: the server's clock, unix seconds" }),
    starts: Seconds.optional().meta({ description: 'With not_started: when it is planned, unix seconds' }),
  })
  .meta({ id: 'Error', description: 'Every error reply has this body' });
export type ErrorBody = z.infer<typeof ErrorBody>;

export const CreateReply = z
  .object({
    roomId: RoomId,
    generation: Generation,
    endpoints: Endpoints,
    token: Token.optional().meta({ description: 'Missing for a planned nest' }),
    session: Session,
  })
  .meta({ id: 'CreateReply' });
export type CreateReply = z.infer<typeof CreateReply>;

const seat = { token: Token, role: RoleSchema, generation: Generation, endpoints: Endpoints };

export const TokenReply = z.object(seat).meta({ id: 'TokenReply' });
export type TokenReply = z.infer<typeof TokenReply>;

export const JoinReply = z.object({ ...seat, session: Session }).meta({ id: 'JoinReply' });
export type JoinReply = z.infer<typeof JoinReply>;

export const GuestReply = z
  .object({ ...seat, role: z.literal('guest'), session: Session })
  .meta({ id: 'GuestReply' });
export type GuestReply = z.infer<typeof GuestReply>;

const restarted = {
  roomId: RoomId,
  generation: Generation,
  endpoints: Endpoints,
  token: Token,
  session: Session,
  message: z.string(),
};

export const RestartReply = z
  .discriminatedUnion('isNewRoom', [
    z.object({ ...restarted, isNewRoom: z.literal(false) }),
    z.object({ ...restarted, isNewRoom: z.literal(true), originalRoomId: RoomId }),
  ])
  .meta({ id: 'RestartReply' });
export type RestartReply = z.infer<typeof RestartReply>;

export const FullNestInfo = z
  .object({
    host: Pubkey,
    speakers: z.array(Pubkey),
    admins: z.array(Pubkey),
    link: z.string().meta({ description: 'The naddr (NIP-19) of the nest' }),
    recording: z.boolean(),
    participantCount: Count,
    createdAt: Milliseconds,
    status: NestStatus,
    access: Access,
    guests: z.boolean(),
    hls_stream: z.boolean(),
    generation: Generation,
    starts: Seconds.optional(),
    stageLimit: Count.optional(),
    capacity: Count.optional(),
  })
  .meta({ id: 'NestInfo' });
export type FullNestInfo = z.infer<typeof FullNestInfo>;

const HiddenNestInfo = z
  .object({ status: NestStatus, access: Access })
  .meta({ id: 'HiddenNestInfo', description: 'What an invite-only nest shows to others' });

export const NestInfo = z.union([FullNestInfo, HiddenNestInfo]);
export type NestInfo = z.infer<typeof NestInfo>;

export const NestListItem = z
  .object({
    roomId: RoomId,
    link: z.string(),
    host: Pubkey,
    participantCount: Count,
    speakers: z.array(Pubkey),
    hls_stream: z.boolean(),
    createdAt: Milliseconds,
    startedAt: Milliseconds,
  })
  .meta({ id: 'NestListItem' });
export type NestListItem = z.infer<typeof NestListItem>;

export const NestList = z.object({ nests: z.array(NestListItem) }).meta({ id: 'NestList' });
export type NestList = z.infer<typeof NestList>;

export const Successor = z.object({ roomId: RoomId, link: z.string() }).meta({ id: 'Successor' });
export type Successor = z.infer<typeof Successor>;

export const InviteReply = z
  .object({
    id: z.string().meta({ description: 'Names the invitation without giving it away, to revoke it' }),
    secret: z
      .string()
      .meta({ description: 'Goes into the fragment of the link; shown this once, kept hashed' }),
  })
  .meta({ id: 'InviteReply' });
export type InviteReply = z.infer<typeof InviteReply>;

export const BanList = z
  .object({
    bans: z.array(
      z.object({ pubkey: Pubkey, by: Pubkey, at: Milliseconds, reason: z.string().max(280).optional() }),
    ),
  })
  .meta({ id: 'BanList' });
export type BanList = z.infer<typeof BanList>;

// ── The feed: `GET /:id/events`, and LiveKit data packets of topic "nests" that have no sender ─────────────────────

const feedState = {
  status: NestStatus,
  generation: Generation,
  participantCount: Count,
  host: Pubkey,
  speakers: z.array(Pubkey),
  admins: z.array(Pubkey),
  hands: z.array(z.object({ pubkey: Pubkey, since: Milliseconds })),
  guests: z.boolean(),
  access: Access,
  restartedAt: Milliseconds.optional(),
};

export const FeedState = z.object(feedState);
export type FeedState = z.infer<typeof FeedState>;

export const FeedEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('state'), ...feedState }),
    z.object({ type: z.literal('restarted'), generation: Generation }),
    z.object({ type: z.literal('moved'), roomId: RoomId, host: Pubkey }),
    z.object({ type: z.literal('ended') }),
    z.object({ type: z.literal('participants'), participantCount: Count }),
  ])
  .meta({ id: 'FeedEvent', description: 'One event of the feed; `state` is the whole truth' });
export type FeedEvent = z.infer<typeof FeedEvent>;

// ── Health and diagnostics ──────────────────────────────────────────────────────────────────────────────────────

const Check = z.object({
  ok: z.boolean(),
  message: z.string().optional().meta({ description: 'What is wrong, without secrets' }),
});

export const Health = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    timestamp: z.iso.datetime(),
    version: z.string(),
    livekit: z.string(),
    checks: z.record(z.string(), Check),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const TestToken = z
  .object({
    success: z.literal(true),
    tokenType: z.literal('string'),
    tokenLength: z.int().positive(),
    tokenPreview: z.string(),
    isValidString: z.literal(true),
  })
  .meta({ id: 'TestToken', description: 'A token that grants nothing and has expired' });
export type TestToken = z.infer<typeof TestToken>;

export const Diagnostics = z
  .object({
    roomId: RoomId,
    serverTime: Milliseconds,
    store: Check,
    livekit: Check,
    record: z.object({
      present: z.boolean().optional().meta({ description: 'Missing when the store could not be asked' }),
      status: NestStatus.optional(),
      generation: Generation.optional(),
      idle: z.boolean().optional(),
      pending: z
        .string()
        .optional()
        .meta({ description: 'For the host: what is under way, such as `restart`' }),
      lastAliveAt: Milliseconds.optional(),
    }),
    room: z.object({
      present: z.boolean().optional().meta({ description: 'Missing when LiveKit could not be asked' }),
      participants: Count.optional(),
      name: z.string().optional().meta({ description: 'For the host' }),
    }),
    lastWebhookAt: Milliseconds.optional(),
    lastSweepAt: Milliseconds.optional(),
  })
  .meta({ id: 'Diagnostics', description: "The server's half of the diagnostics; holds no secret" });
export type Diagnostics = z.infer<typeof Diagnostics>;
