import type {
  BanList,
  CreateBody,
  CreateReply,
  Diagnostics,
  ErrorBody,
  GuestReply,
  Health,
  InviteReply,
  JoinReply,
  NestInfo,
  NestList,
  PatchBody,
  PermissionsBody,
  RemoveBody,
  RestartBody,
  RestartReply,
  Successor,
  TestToken,
  TokenReply,
} from '@nests/protocol/api';
import type { SignEvent } from '@nests/protocol/event';
import { makeHttpAuth } from '@nests/protocol/http-auth';

import { type Clock, systemClock } from './clock.ts';
import { ApiError, retryAfterSeconds, SigningError } from './error.ts';
import { type FeedListener, type FeedSubscription, openFeed } from './feed.ts';

/** Who asks: with the key (asks the signer) or with a session (does not). */
export type Credential = { sign: SignEvent } | { session: string };

/** An invitation that still lets people in; its secret is known to whoever made it. */
export interface OpenInvite {
  id: string;
  /** Public key in hex. */
  by: string;
  /** ms */
  at: number;
}

/** What the client stands on; all of it can be replaced in tests. */
export interface ClientParts {
  /** Where the API answers, without a path: `https://host`. */
  origin: string;
  fetch?: typeof fetch;
  clock?: Clock;
  /** Other names of the same server (its public URL): the only other origins the client signs requests for. */
  alsoKnownAs?: readonly string[];
  /** Milliseconds until an unanswered call counts as failed. */
  timeoutMs?: number;
}

interface Call {
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  credential?: Credential | undefined;
  signal?: AbortSignal | undefined;
}

/** A whole answer, read. */
interface Answer {
  ok: boolean;
  status: number;
  statusText: string;
  retryAfter: string | null;
  text: string;
}

const BASE = '/api/v1/nests';

/**
 * The API as typed functions. Every method rejects with `ApiError` (status 0 = no answer) or `SigningError`. A signed request that fails
 * because of the device's clock, or because the server calls itself by its other name, is signed once more with what the server said.
 */
export class NestsApi {
  readonly origin: string;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #names: readonly string[];
  readonly #timeoutMs: number;
  #skewMs = 0;

  constructor(parts: ClientParts) {
    this.origin = parts.origin;
    this.#fetch = parts.fetch ?? ((input, init) => fetch(input, init));
    this.#clock = parts.clock ?? systemClock;
    this.#names = [parts.origin, ...(parts.alsoKnownAs ?? [])];
    this.#timeoutMs = parts.timeoutMs ?? 15_000;
  }

  /** How far the server's clock is ahead of ours (ms), as far as signed requests have taught us. */
  get skewMs(): number {
    return this.#skewMs;
  }

  health(signal?: AbortSignal): Promise<Health> {
    return this.#call({ method: 'GET', path: '/health', signal });
  }

  testToken(signal?: AbortSignal): Promise<TestToken> {
    return this.#call({ method: 'GET', path: '/debug/test-token', signal });
  }

  list(signal?: AbortSignal): Promise<NestList> {
    return this.#call({ method: 'GET', path: BASE, signal });
  }

  create(body: CreateBody, sign: SignEvent): Promise<CreateReply> {
    return this.#call({ method: 'PUT', path: BASE, body, credential: { sign } });
  }

  start(id: string, credential: Credential): Promise<CreateReply> {
    return this.#call({ method: 'POST', path: nestPath(id, '/start'), credential });
  }

  patch(id: string, body: PatchBody, credential: Credential): Promise<NestInfo> {
    return this.#call({ method: 'PATCH', path: nestPath(id), body, credential });
  }

  /** Join with the key; with the secret of an invitation link where there is one. */
  join(id: string, sign: SignEvent, secret?: string): Promise<JoinReply> {
    const credential = { sign };
    if (secret === undefined) return this.#call({ method: 'GET', path: nestPath(id), credential });
    return this.#call({ method: 'POST', path: nestPath(id, '/join'), body: { secret }, credential });
  }

  guest(id: string): Promise<GuestReply> {
    return this.#call({ method: 'GET', path: nestPath(id, '/guest') });
  }

  /** A fresh LiveKit token, and what generation the nest is in, without asking the signer. */
  renew(id: string, session: string, signal?: AbortSignal): Promise<TokenReply> {
    return this.#call({ method: 'POST', path: nestPath(id, '/token'), credential: { session }, signal });
  }

  /** What the server tells about a nest; members of an invite-only nest show their session to see more than its status. */
  info(id: string, session?: string, signal?: AbortSignal): Promise<NestInfo> {
    const credential = session === undefined ? undefined : { session };
    return this.#call({ method: 'GET', path: nestPath(id, '/info'), credential, signal });
  }

  /** The nest that `host` made when they restarted the missing `id`. */
  successor(id: string, host: string, signal?: AbortSignal): Promise<Successor> {
    return this.#call({ method: 'GET', path: nestPath(id, `/successor?host=${host}`), signal });
  }

  hand(id: string, raised: boolean, credential: Credential): Promise<void> {
    return this.#call({ method: 'POST', path: nestPath(id, '/hand'), body: { raised }, credential });
  }

  permissions(id: string, body: PermissionsBody, credential: Credential): Promise<void> {
    return this.#call({ method: 'POST', path: nestPath(id, '/permissions'), body, credential });
  }

  remove(id: string, body: RemoveBody, credential: Credential): Promise<void> {
    return this.#call({ method: 'POST', path: nestPath(id, '/remove'), body, credential });
  }

  bans(id: string, credential: Credential): Promise<BanList> {
    return this.#call({ method: 'GET', path: nestPath(id, '/bans'), credential });
  }

  liftBan(id: string, pubkey: string, sign: SignEvent): Promise<void> {
    return this.#call({ method: 'DELETE', path: nestPath(id, `/bans/${pubkey}`), credential: { sign } });
  }

  addMember(id: string, pubkey: string, credential: Credential): Promise<void> {
    return this.#call({ method: 'PUT', path: nestPath(id, `/members/${pubkey}`), credential });
  }

  dropMember(id: string, pubkey: string, credential: Credential): Promise<void> {
    return this.#call({ method: 'DELETE', path: nestPath(id, `/members/${pubkey}`), credential });
  }

  /** A new secret for an invitation link. */
  invite(id: string, credential: Credential): Promise<InviteReply> {
    return this.#call({ method: 'POST', path: nestPath(id, '/invites'), credential });
  }

  /** The invitations that were made and not revoked. */
  invites(id: string, credential: Credential): Promise<{ invites: OpenInvite[] }> {
    return this.#call({ method: 'GET', path: nestPath(id, '/invites'), credential });
  }

  /** Close an invitation; who came by it stays a member. */
  revokeInvite(id: string, inviteId: string, credential: Credential): Promise<void> {
    return this.#call({ method: 'DELETE', path: nestPath(id, `/invites/${inviteId}`), credential });
  }

  restart(id: string, body: RestartBody, sign: SignEvent): Promise<RestartReply> {
    return this.#call({ method: 'POST', path: nestPath(id, '/restart'), body, credential: { sign } });
  }

  end(id: string, sign: SignEvent): Promise<void> {
    return this.#call({ method: 'DELETE', path: nestPath(id), credential: { sign } });
  }

  diagnostics(id: string, credential?: Credential, signal?: AbortSignal): Promise<Diagnostics> {
    return this.#call({ method: 'GET', path: nestPath(id, '/diagnostics'), credential, signal });
  }

  /** What happens in the nest, from now on until the subscription is closed. `session` is asked anew at each connection. */
  events(id: string, listener: FeedListener, session?: () => string | undefined): FeedSubscription {
    return openFeed({
      url: this.origin + nestPath(id, '/events'),
      session: session ?? (() => undefined),
      fetch: this.#fetch,
      clock: this.#clock,
      listener,
    });
  }

  /** An absolute address of this API, for log lines. */
  url(id: string, rest = ''): string {
    return this.origin + nestPath(id, rest);
  }

  async #call<T>(call: Call): Promise<T> {
    const first = await this.#send(call, this.origin);
    if (first.ok) return readJson(first) as T;
    const failure = this.#failure(first);
    const again = this.#whatToSignInstead(call, failure.body);
    if (!again) throw failure.error;
    const second = await this.#send(call, again);
    if (second.ok) return readJson(second) as T;
    throw this.#failure(second).error;
  }

  /** The origin to sign for at the second try, or null where a second try would not help. */
  #whatToSignInstead(call: Call, body: Partial<ErrorBody>): string | null {
    if (!call.credential || !('sign' in call.credential)) return null;
    if (body.code === 'auth_time' && typeof body.serverTime === 'number') {
      this.#skewMs = body.serverTime * 1000 - this.#clock.now();
      return this.origin;
    }
    // A stranger's server must not get a signature that a third server would accept: only our own names are signed for.
    if (body.code === 'auth_url' && body.origin !== undefined && this.#names.includes(body.origin))
      return body.origin === this.origin ? null : body.origin;
    return null;
  }

  async #send(call: Call, signFor: string): Promise<Answer> {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (call.credential) headers['authorization'] = await this.#authorization(call, signFor, body);

    const abort = new AbortController();
    const stop = (why: 'timeout' | 'aborted') => {
      abort.abort(why);
    };
    const onAbort = () => stop('aborted');
    call.signal?.addEventListener('abort', onAbort, { once: true });
    if (call.signal?.aborted) onAbort();
    const stopTimer = this.#clock.after(this.#timeoutMs, () => stop('timeout'));
    try {
      const response = await this.#fetch(this.origin + call.path, {
        method: call.method,
        headers,
        signal: abort.signal,
        cache: 'no-store',
        credentials: 'omit',
        ...(body === undefined ? {} : { body }),
      });
      const { ok, status, statusText } = response;
      return {
        ok,
        status,
        statusText,
        retryAfter: response.headers.get('retry-after'),
        text: await response.text(),
      };
    } catch {
      throw noAnswer(abort.signal.aborted ? abort.signal.reason : 'unreachable');
    } finally {
      stopTimer();
      call.signal?.removeEventListener('abort', onAbort);
    }
  }

  async #authorization(call: Call, signFor: string, body: string | undefined): Promise<string> {
    const credential = call.credential;
    if (credential && 'session' in credential) return `Bearer ${credential.session}`;
    if (!credential) throw new SigningError('nobody to sign');
    try {
      return await makeHttpAuth(
        {
          url: signFor + call.path,
          method: call.method,
          now: Math.floor((this.#clock.now() + this.#skewMs) / 1000),
          nonce: randomNonce(),
          ...(body === undefined ? {} : { body }),
        },
        credential.sign,
      );
    } catch (cause) {
      throw new SigningError('The signer did not sign the request', { cause });
    }
  }

  #failure(response: Answer): { error: ApiError; body: Partial<ErrorBody> } {
    const body = readErrorBody(response.text);
    const retryAfterS = retryAfterSeconds(response.retryAfter, this.#clock.now());
    const error = new ApiError({
      status: response.status,
      code: body.code ?? (response.status >= 500 ? 'internal' : 'unknown'),
      message: body.error ?? response.statusText,
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
      ...(body.requestId === undefined ? {} : { requestId: body.requestId }),
      ...(body.starts === undefined ? {} : { starts: body.starts }),
    });
    return { error, body };
  }
}

function nestPath(id: string, rest = ''): string {
  return `${BASE}/${encodeURIComponent(id)}${rest}`;
}

function noAnswer(reason: unknown): ApiError {
  const code = reason === 'timeout' || reason === 'aborted' ? reason : 'unreachable';
  const message = code === 'timeout' ? 'The server did not answer in time' : 'The server cannot be reached';
  return new ApiError({ status: 0, code, message });
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** The shape is the contract's word, validated by the server's response schemas; the bundle carries no schemas to check it again. */
function readJson({ status, text }: Answer): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError({ status, code: 'bad_reply', message: 'The answer was not JSON' });
  }
}

/** Read with care: a proxy in between may answer with HTML. */
function readErrorBody(text: string): Partial<ErrorBody> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
