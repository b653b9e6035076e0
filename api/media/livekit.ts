import type { FeedEvent } from '@nests/protocol/api';
import { createSigner } from 'fast-jwt';
import {
  claimsToJwtPayload,
  DataPacket_Kind,
  ParticipantInfo_State,
  RoomServiceClient,
  TrackSource,
  ServerError,
  type ParticipantInfo,
  type Room,
  type VideoGrant,
} from 'livekit-server-sdk';
import {
  MediaUnavailable,
  type MediaParticipant,
  type MediaRoom,
  type MediaServer,
  type TokenRequest,
  type RoomOptions,
} from '../nests/ports.ts';
import type { Standing } from '../nests/record.ts';

/** How to reach LiveKit. */
export interface LiveKitSettings {
  /** as the API reaches it; ws and http are equal here */
  url: string;
  apiKey: string;
  apiSecret: string;
  /** seconds a call may take before LiveKit counts as unavailable */
  timeoutS?: number;
}

/** Seconds a room without anybody stays: before the first person, and after the last. */
const EMPTY_S = 300;
const DEPARTURE_S = 60;

/** A node that has the room answers sooner than this, in ms; after the second of them its silence counts. */
const PROMPT_MS = 250;
const PATIENCE_MS = 1000;

const encoder = new TextEncoder();

const STATES: Record<ParticipantInfo_State, MediaParticipant['state']> = {
  [ParticipantInfo_State.JOINING]: 'joining',
  [ParticipantInfo_State.JOINED]: 'joined',
  [ParticipantInfo_State.ACTIVE]: 'active',
  [ParticipantInfo_State.DISCONNECTED]: 'disconnected',
};

/**
 * LiveKit as the domain sees it. Every call has a timeout. What LiveKit says it does not have comes back as `false` or
 * an empty list; everything else that goes wrong (network, timeout, 5xx, wrong keys, an answer nobody can read) is
 * MediaUnavailable, because none of it proves that a room is gone.
 */
export class LiveKit implements MediaServer {
  private readonly service: RoomServiceClient;
  /** The SDK's own way of signing costs a join three times as much, because it reads the key anew for each token. */
  private readonly signJwt: (payload: object) => string;

  constructor(settings: LiveKitSettings) {
    this.signJwt = createSigner({
      key: settings.apiSecret,
      algorithm: 'HS256',
      iss: settings.apiKey,
      noTimestamp: true,
    });
    this.service = new RoomServiceClient(settings.url, settings.apiKey, settings.apiSecret, {
      requestTimeout: settings.timeoutS ?? 4,
      failover: false,
    });
  }

  /** Makes a room; a room that exists already comes back unchanged (LiveKit ignores the options then). */
  async createRoom(
    name: string,
    { emptyTimeoutS: emptyTimeout = EMPTY_S, ...options }: RoomOptions,
  ): Promise<MediaRoom> {
    // Which codecs a room takes is the server's setting (`room.enabled_codecs`), not an option of this call.
    const room = await this.ask('CreateRoom', () =>
      this.service.createRoom({ name, ...options, emptyTimeout, departureTimeout: DEPARTURE_S }),
    );
    if (room === NOT_FOUND) throw new MediaUnavailable('CreateRoom: not found');
    return roomOf(room);
  }

  /** All rooms, or those of the given names that exist. */
  async rooms(names?: string[]): Promise<MediaRoom[]> {
    if (names?.length === 0) return []; // LiveKit reads an empty list as "all"
    const rooms = await this.ask('ListRooms', () => this.service.listRooms(names));
    return rooms === NOT_FOUND ? [] : rooms.map(roomOf);
  }

  /** Who is in a room; a missing room has nobody. */
  async participants(room: string, patienceMs = PATIENCE_MS): Promise<MediaParticipant[]> {
    const list = () => this.service.listParticipants(room);
    const people = await this.askRoom('ListParticipants', room, list, { patienceMs });
    return people === NOT_FOUND ? [] : people.map(participantOf);
  }

  async setMetadata(room: string, metadata: string): Promise<boolean> {
    return this.did('UpdateRoomMetadata', () => this.service.updateRoomMetadata(room, metadata));
  }

  async deleteRoom(room: string): Promise<boolean> {
    return this.did('DeleteRoom', () => this.service.deleteRoom(room));
  }

  /** Sets what somebody may do and is called; the permission is always sent whole, LiveKit replaces all of it. */
  async setRole(room: string, identity: string, standing: Standing): Promise<boolean> {
    return this.did('UpdateParticipant', () =>
      this.service.updateParticipant(room, identity, {
        attributes: attributesOf(standing),
        permission: {
          canSubscribe: true,
          canPublish: standing.canPublish,
          canPublishSources: standing.canPublish ? [TrackSource.MICROPHONE] : [],
          canPublishData: false,
          canUpdateMetadata: false,
          canSubscribeMetrics: false,
          hidden: false,
        },
      }),
    );
  }

  /** Mutes every microphone track of somebody; says how many were open. */
  async muteMicrophone(room: string, identity: string): Promise<number> {
    const person = await this.askRoom('GetParticipant', room, () =>
      this.service.getParticipant(room, identity),
    );
    if (person === NOT_FOUND) return 0;
    const open = person.tracks.filter((track) => track.source === TrackSource.MICROPHONE && !track.muted);
    let muted = 0;
    for (const { sid } of open) {
      const mute = () => this.service.mutePublishedTrack(room, identity, sid, true);
      if ((await this.askRoom('MutePublishedTrack', room, mute, { silence: NOT_FOUND })) !== NOT_FOUND)
        muted++;
    }
    return muted;
  }

  async remove(room: string, identity: string): Promise<boolean> {
    return this.did('RemoveParticipant', () => this.service.removeParticipant(room, identity));
  }

  /** Tells everybody in a room, on the data topic `nests`, without a sender; a room that is gone has nobody to tell. */
  async send(room: string, event: FeedEvent): Promise<void> {
    const data = encoder.encode(JSON.stringify(event));
    const send = () => this.service.sendData(room, data, DataPacket_Kind.RELIABLE, { topic: 'nests' });
    await this.askRoom('SendData', room, send);
  }

  /** A token for one identity in one room. Every grant is written out: LiveKit takes an absent one as granted. */
  async token(request: TokenRequest): Promise<string> {
    return this.sign(request, request.ttlS, {
      roomJoin: true,
      canSubscribe: true,
      canPublish: request.canPublish,
      canPublishSources: request.canPublish ? [TrackSource.MICROPHONE] : [],
    });
  }

  /** A token to look at: for a room that does not exist, granting nothing, expired a minute ago. */
  async testToken(): Promise<string> {
    const nobody = { room: 'nests-test-token', identity: 'test-token', role: 'guest' } as const;
    return this.sign(nobody, -60, { roomJoin: false, canSubscribe: false, canPublish: false });
  }

  /** Whether LiveKit answers and knows our keys; lists one name that cannot exist, so it costs the same always. */
  async ping(): Promise<void> {
    await this.rooms(['nests-ping']);
  }

  private sign(
    { room, identity, ...standing }: { room: string; identity: string } & Pick<Standing, 'role' | 'pubkey'>,
    ttlS: number,
    grant: VideoGrant,
  ): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = claimsToJwtPayload({
      attributes: attributesOf(standing),
      video: {
        room,
        canPublishData: false,
        canUpdateOwnMetadata: false,
        roomAdmin: false,
        roomCreate: false,
        roomList: false,
        roomRecord: false,
        hidden: false,
        ...grant,
      },
    });
    return this.signJwt({ ...claims, sub: identity, nbf: now, exp: now + ttlS });
  }

  private async did(call: string, make: () => Promise<unknown>): Promise<boolean> {
    return (await this.ask(call, make)) !== NOT_FOUND;
  }

  /**
   * Asks the node that holds a room. When no node does, LiveKit says so only by silence: three seconds, then 503 "no
   * response from servers" (v1.13.5, `enable_psrpc_for_get_list_participants`). A living node answers within
   * milliseconds, so a silent one makes us look at the list of rooms: a room that is not listed and whose node stays
   * silent for a second is not there; one that is listed has a node in trouble.
   * @param silence what silence of a listed room's node means; unavailable where it is not given
   * @param patienceMs how long the node of a room that is not listed may be silent
   */
  private async askRoom<T>(
    call: string,
    room: string,
    make: () => Promise<T>,
    { silence, patienceMs = PATIENCE_MS }: { silence?: null; patienceMs?: number } = {},
  ): Promise<T | null> {
    const answer = this.ask(call, make).catch((error: unknown): typeof SILENT => {
      if (error instanceof MediaUnavailable && isSilence(error.cause)) return SILENT;
      throw error;
    });
    const first = await within(answer, PROMPT_MS);
    if (first !== SILENT) return first;
    const listed = (await this.rooms([room])).length > 0;
    const second = listed ? await answer : await within(answer, patienceMs - PROMPT_MS);
    if (second !== SILENT) return second;
    if (!listed || silence === NOT_FOUND) return NOT_FOUND;
    throw new MediaUnavailable(`LiveKit ${call}: the room's node does not answer`);
  }

  private async ask<T>(call: string, make: () => Promise<T>): Promise<T | null> {
    try {
      return await make();
    } catch (error) {
      // Only LiveKit itself says `not_found`; a bare 404 may come from any proxy in between.
      if (error instanceof ServerError && error.code === 'not_found') return NOT_FOUND;
      const reason =
        error instanceof ServerError ? `${error.status} ${error.code ?? ''}`.trim() : nameOf(error);
      throw new MediaUnavailable(`LiveKit ${call}: ${reason}`, { cause: error });
    }
  }
}

/** What LiveKit says it does not have. */
const NOT_FOUND = null;
const SILENT: unique symbol = Symbol('silent');

/** Whether LiveKit says that no node answered for a room. */
function isSilence(error: unknown): boolean {
  return (
    error instanceof ServerError &&
    error.code === 'unavailable' &&
    error.message.includes('no response from servers')
  );
}

/** What a promise answers within `ms`, or SILENT; it may still fail later, unheard. */
async function within<T>(answer: Promise<T>, ms: number): Promise<T | typeof SILENT> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof SILENT>((resolve) => {
    timer = setTimeout(resolve, ms, SILENT);
  });
  answer.catch(() => undefined);
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function attributesOf(who: Pick<Standing, 'role' | 'pubkey'>): Record<string, string> {
  return who.pubkey === undefined ? { role: who.role } : { role: who.role, pubkey: who.pubkey };
}

function roomOf(room: Room): MediaRoom {
  return {
    name: room.name,
    sid: room.sid,
    participants: room.numParticipants,
    metadata: room.metadata,
    createdAt: Number(room.creationTimeMs) || Number(room.creationTime) * 1000,
  };
}

function participantOf(person: ParticipantInfo): MediaParticipant {
  return {
    identity: person.identity,
    sid: person.sid,
    state: STATES[person.state],
    joinedAt: Number(person.joinedAtMs) || Number(person.joinedAt) * 1000,
    attributes: person.attributes,
    canPublish: person.permission?.canPublish ?? true,
    publishing: person.tracks.map(({ sid, source, muted }) => ({
      sid,
      source: TrackSource[source].toLowerCase(),
      muted,
    })),
    hidden: person.permission?.hidden ?? false,
  };
}
