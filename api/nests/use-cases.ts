import type {
  Access,
  Diagnostics,
  FeedState,
  FullNestInfo,
  NestListItem,
  NestStatus,
} from '@nests/protocol/api';
import type { Role } from '@nests/protocol/roles';
import type { Ban } from './record.ts';

/** Who is asking: a person (by key or session) or a guest (by session). */
export interface Actor {
  /** hex; null for a guest */
  pubkey: string | null;
  /** the LiveKit identity that the session names */
  identity?: string;
  by: 'key' | 'session';
}

/** The options of create; `starts` in the future makes a planned nest. */
export interface NewNest {
  relays: string[];
  hls_stream: boolean;
  access?: Access | undefined;
  guests?: boolean | undefined;
  /** unix seconds */
  starts?: number | undefined;
  stageLimit?: number | undefined;
  capacity?: number | undefined;
}

/** The options of patch: whatever shall change. */
export type NestPatch = Partial<NewNest>;

/** A place in a LiveKit room that LiveKit has confirmed. */
export interface Entry {
  roomId: string;
  generation: number;
  /** a LiveKit token, checked to be a non-empty string */
  token: string;
  role: Role;
  /** hex; null for guests */
  pubkey: string | null;
  /** the LiveKit identity; the session carries it so that a rejoin keeps it */
  identity: string;
  hls_stream: boolean;
}

/** What create made; a planned nest has no entry yet. */
export interface Created {
  roomId: string;
  generation: number;
  /** the identity for the session, with or without an entry */
  identity: string;
  hls_stream: boolean;
  entry?: Entry;
}

/** What restart did: the same nest in a new room, or a new nest in place of a missing one. */
export type Restarted =
  { isNewRoom: false; entry: Entry } | { isNewRoom: true; entry: Entry; originalRoomId: string };

/** `GET /:id/info` without what HTTP adds (`link`, `recording`); `relays` is for the link. */
export type NestView =
  | ({ hidden: false; relays: string[] } & Omit<FullNestInfo, 'link' | 'recording'>)
  | { hidden: true; status: NestStatus; access: Access };

/** One nest of the lobby; HTTP makes `link` of host, id and `relays`. */
export type ListedNest = Omit<NestListItem, 'link'> & { relays: string[] };

/** The whole truth for a new subscriber, with the revision it belongs to. */
export interface StateView {
  state: FeedState;
  rev: number;
}

/** What `POST /:id/permissions` asks for one participant. */
export interface PermissionChange {
  participant: string;
  can_publish?: boolean | undefined;
  mute_microphone?: boolean | undefined;
  is_admin?: boolean | undefined;
}

/** What `POST /:id/remove` asks. */
export interface Removal {
  /** hex pubkey or guest identity */
  participant: string;
  ban: boolean;
  reason?: string | undefined;
}

/** An invitation's name and, this once, its secret. */
export interface NewInvite {
  id: string;
  secret: string;
}

/** An invitation as its makers see it. */
export interface InviteView {
  id: string;
  by: string;
  /** ms */
  at: number;
}

/** What the domain knows for the diagnostics; HTTP adds `serverTime` and `lastWebhookAt`. */
export type DiagnosticsView = Omit<Diagnostics, 'serverTime' | 'lastWebhookAt'>;

/**
 * The use cases, as HTTP sees them. All of them throw NestError with a code of the catalogue; `store_unavailable`,
 * `livekit_unavailable` and `recovering` are among those, so a caller needs to know no other error.
 * Authentication, shapes and rate limits other than creation are the caller's.
 */
export interface UseCases {
  /** Counts against the requester's creation quota. `token_failed`, 503: nothing half done remains. */
  create(pubkey: string, options: NewNest): Promise<Created>;
  /** `identity`: that of the host's session, which a start keeps. */
  start(id: string, pubkey: string, identity?: string): Promise<Entry>;
  patch(id: string, actor: Actor, changes: NestPatch): Promise<NestView>;

  /** With a key or a session; `secret` is an invitation's. A session keeps its identity. */
  join(id: string, actor: Actor, secret?: string): Promise<Entry>;
  guest(id: string): Promise<Entry>;
  /** A fresh token for the session's identity. */
  renew(id: string, actor: Actor): Promise<Entry>;

  /** `actor` null: nobody in particular. */
  info(id: string, actor: Actor | null): Promise<NestView>;
  list(): Promise<ListedNest[]>;
  /** The room id of the nest that `host` made in place of the missing one; `room_not_found` otherwise. */
  successor(id: string, host: string): Promise<{ roomId: string; relays: string[] }>;
  /** For a new feed subscriber; `invite_only` for others of an invite-only nest. */
  state(id: string, actor: Actor | null): Promise<StateView>;
  diagnostics(id: string, actor: Actor | null): Promise<DiagnosticsView>;

  hand(id: string, actor: Actor, raised: boolean): Promise<void>;
  permissions(id: string, actor: Actor, change: PermissionChange): Promise<{ changed: boolean }>;

  remove(id: string, actor: Actor, removal: Removal): Promise<void>;
  bans(id: string, actor: Actor): Promise<Ban[]>;
  unban(id: string, actor: Actor, pubkey: string): Promise<void>;

  addMember(id: string, actor: Actor, pubkey: string): Promise<void>;
  removeMember(id: string, actor: Actor, pubkey: string): Promise<void>;
  invite(id: string, actor: Actor): Promise<NewInvite>;
  invites(id: string, actor: Actor): Promise<InviteView[]>;
  revokeInvite(id: string, actor: Actor, inviteId: string): Promise<void>;

  /** Signed with the key itself. A missing nest becomes a new one of the requester (counts as a creation). */
  restart(id: string, pubkey: string, options?: { relays?: string[] | undefined }): Promise<Restarted>;
  end(id: string, pubkey: string): Promise<void>;

  /** Compares one nest with LiveKit now and repairs it; what a webhook asks for. Never throws; calls are coalesced. */
  look(id: string): Promise<void>;
  /** Resolves when nothing is under way in the background; for a graceful stop and for tests. */
  settled(): Promise<void>;
}
