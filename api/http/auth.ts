import { checkHttpAuth, HTTP_AUTH_REMEMBER_S } from '@nests/protocol/http-auth';
import type { FastifyRequest } from 'fastify';
import { NestError } from '../nests/errors.ts';
import type { Actor } from '../nests/use-cases.ts';
import { rawBody } from './body.ts';
import type { Parts } from './parts.ts';
import type { Sessions } from './sessions.ts';

/** Who a request acts for, once its Authorization header was believed. */
export interface Caller extends Actor {
  /** unix ms of the signature that vouches for it */
  signedAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null: nobody in particular */
    caller: Caller | null;
    /** the code of the error reply, for the log */
    failure: string | null;
  }
}

/** The ways a route can ask who is there; each is a preValidation hook that sets `request.caller`. */
export interface Auth {
  /** the key itself must have signed this very request */
  key: (request: FastifyRequest) => Promise<void>;
  /** a key or a session */
  person: (request: FastifyRequest) => Promise<void>;
  /** a session, a guest's included */
  session: (request: FastifyRequest) => Promise<void>;
  /** nobody needs to say who they are, but who says it must be right */
  anyone: (request: FastifyRequest) => Promise<void>;
}

const BEARER = /^Bearer +(\S+)$/i;

/** Authentication by NIP-98 and by session (CONTRACT §1, "Who is asking"). */
export function makeAuth(
  {
    config,
    store,
    clock,
    verify,
    isBlocked = () => false,
  }: Pick<Parts, 'config' | 'store' | 'clock' | 'verify' | 'isBlocked'>,
  sessions: Sessions,
): Auth {
  const byKey = async (request: FastifyRequest, header: string | undefined): Promise<Caller> => {
    const now = clock.now();
    const result = checkHttpAuth(
      header,
      {
        path: request.raw.url ?? '/',
        method: request.method,
        rawBody: rawBody(request),
        publicUrls: config.publicUrls,
        now: Math.floor(now / 1000),
      },
      verify,
    );
    if (!result.ok) throw new NestError(result.code);
    if (!(await store.useOnce(`auth:${result.eventId}`, HTTP_AUTH_REMEMBER_S * 1000))) {
      throw new NestError('auth_replay');
    }
    if (isBlocked(result.pubkey)) throw new NestError('blocked');
    return { pubkey: result.pubkey, by: 'key', signedAt: Math.min(now, result.createdAt * 1000) };
  };

  const bySession = (request: FastifyRequest, text: string): Caller => {
    const session = sessions.read(text, clock.now());
    if (typeof session === 'string') throw new NestError(session);
    if (session.nestId !== idOf(request)) throw new NestError('session_invalid');
    const { pubkey, identity, signedAt } = session;
    if (pubkey !== null && isBlocked(pubkey)) throw new NestError('blocked');
    return { pubkey, identity, signedAt, by: 'session' };
  };

  const either = async (request: FastifyRequest): Promise<Caller> => {
    const header = request.headers.authorization;
    const bearer = header === undefined ? undefined : BEARER.exec(header)?.[1];
    return bearer === undefined ? byKey(request, header) : bySession(request, bearer);
  };

  return {
    async key(request) {
      const header = request.headers.authorization;
      if (header !== undefined && BEARER.test(header)) throw new NestError('key_required');
      request.caller = await byKey(request, header);
    },
    async person(request) {
      request.caller = await either(request);
    },
    async session(request) {
      const header = request.headers.authorization;
      if (header === undefined || header === '') throw new NestError('auth_missing');
      const bearer = BEARER.exec(header)?.[1];
      if (bearer === undefined) throw new NestError('session_invalid');
      request.caller = bySession(request, bearer);
    },
    async anyone(request) {
      if (request.headers.authorization !== undefined) request.caller = await either(request);
    },
  };
}

function idOf(request: FastifyRequest): string | undefined {
  return (request.params as { id?: string }).id;
}

/** The caller of a route that asked for one. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new NestError('auth_missing');
  return request.caller;
}

/**
 * The key of the caller of a route that guests may not use.
 * @throws NestError `forbidden` for guests
 */
export function pubkeyOf(request: FastifyRequest): string {
  const { pubkey } = callerOf(request);
  if (pubkey === null) throw new NestError('forbidden');
  return pubkey;
}
