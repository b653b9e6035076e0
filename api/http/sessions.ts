import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { identityPubkey } from '@nests/protocol/identity';

/** What a session says: at which nest somebody is, as whom, and when their key (or their guest join) vouched for it. */
export interface Session {
  nestId: string;
  /** null: a guest */
  pubkey: string | null;
  /** the LiveKit identity; a rejoin keeps it, so a person replaces their own ghost */
  identity: string;
  /** unix ms of the signature, or of the guest join; renewing does not move it */
  signedAt: number;
}

/** Why a session is not accepted. */
export type SessionFailure = 'session_invalid' | 'session_expired';

/** A session's life, counted from the signature. */
export const SESSION_LIFE_MS = 12 * 3_600_000;

const VERSION = 'n1';
const MAX_LENGTH = 1024;

/**
 * Sessions: HMAC-SHA256 tokens `n1.<payload>.<mac>`, so that no replica has to remember them. The first secret signs, all
 * verify. A session names its server: one that shares the secret by accident does not accept it.
 */
export class Sessions {
  private readonly secrets: readonly [KeyObject, ...KeyObject[]];
  private readonly servers: readonly string[];

  /**
   * @param secrets the first signs, all verify
   * @param servers the public addresses of this server; the first goes into new sessions
   */
  constructor(secrets: readonly [string, ...string[]], servers: readonly [string, ...string[]]) {
    const [first, ...others] = secrets;
    this.secrets = [keyOf(first), ...others.map(keyOf)];
    this.servers = servers;
  }

  /** Makes the session that goes out beside a token. */
  issue(session: { nestId: string; identity: string; signedAt: number }): string {
    const payload = Buffer.from(
      JSON.stringify([this.servers[0], session.nestId, session.identity, session.signedAt]),
    ).toString('base64url');
    return `${VERSION}.${payload}.${this.mac(this.secrets[0], payload)}`;
  }

  /**
   * Reads a session; the signature is compared in constant time.
   * @param now unix ms
   */
  read(text: string, now: number): Session | SessionFailure {
    const [version, payload, mac, ...rest] = text.length <= MAX_LENGTH ? text.split('.') : [];
    if (version !== VERSION || !payload || !mac || rest.length > 0) return 'session_invalid';
    const given = Buffer.from(mac); // as text: several spellings of base64 would mean the same bytes
    const genuine = this.secrets.some((secret) => {
      const right = Buffer.from(this.mac(secret, payload));
      return right.length === given.length && timingSafeEqual(right, given);
    });
    if (!genuine) return 'session_invalid';
    const [server, nestId, identity, signedAt] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
      string,
      string,
      string,
      number,
    ]; // ours: the signature says so
    if (!this.servers.includes(server)) return 'session_invalid';
    if (now - signedAt > SESSION_LIFE_MS) return 'session_expired';
    return { nestId, identity, signedAt, pubkey: identityPubkey(identity) };
  }

  private mac(key: KeyObject, payload: string): string {
    return createHmac('sha256', key).update(payload).digest('base64url');
  }
}

/** Read once: this key seals nothing but sessions. */
function keyOf(secret: string): KeyObject {
  return createSecretKey(`nests session ${secret}`, 'utf8');
}
