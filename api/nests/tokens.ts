import { roleOf } from '@nests/protocol/roles';
import { identityPubkey } from '@nests/protocol/identity';
import { roomName } from '@nests/protocol/rooms';
import { NestError } from './errors.ts';
import type { Log, MediaServer } from './ports.ts';
import type { NestRecord, Standing } from './record.ts';
import type { Entry } from './use-cases.ts';

/** How long a LiveKit token lives, in seconds; clients renew with their session. */
const TOKEN_TTL_S = 600;

/** What LiveKit shall know about this identity in this nest. */
export function standingOf(record: NestRecord, identity: string): Standing {
  const pubkey = identityPubkey(identity);
  if (pubkey === null) return { role: 'guest', canPublish: false };
  return { role: roleOf(record, pubkey), pubkey, canPublish: record.speakers.includes(pubkey) };
}

/** Makes places: the tokens of people whose right was checked, for rooms that LiveKit confirmed. */
export class Tokens {
  readonly #media: MediaServer;
  readonly #log: Log;

  constructor(media: MediaServer, log: Log) {
    this.#media = media;
    this.#log = log;
  }

  /**
   * A place for `identity` in the room of `generation`.
   * @throws NestError `token_failed` when no token comes out of it
   */
  async entry(record: NestRecord, generation: number, identity: string): Promise<Entry> {
    const standing = standingOf(record, identity);
    const room = roomName(record.id, generation);
    const token = await this.#make({ room, identity, ttlS: TOKEN_TTL_S, ...standing });
    return {
      roomId: record.id,
      generation,
      token,
      role: standing.role,
      pubkey: standing.pubkey ?? null,
      identity,
      hls_stream: record.hls_stream,
    };
  }

  async #make(request: Parameters<MediaServer['token']>[0]): Promise<string> {
    let token: unknown;
    try {
      token = await this.#media.token(request);
    } catch (error) {
      this.#log.error('JWT generation failed:', { error });
      throw new NestError('token_failed', { cause: error });
    }
    if (typeof token === 'string' && token !== '') return token;
    this.#log.error('JWT generation failed:', { tokenType: token === '' ? 'empty string' : typeof token });
    throw new NestError('token_failed');
  }
}
