/** Every error the API can answer with, once: what it means, whether asking again helps, what a person is told. */
import type { HttpAuthFailure } from './http-auth.ts';

/**
 * `status` is the HTTP status, `retryable` whether the same request may succeed later, `sentence` the English `error`
 * of the reply (for developers and logs), `key` the sentence a person sees (message catalogue, namespace `errors`).
 */
export interface ErrorEntry {
  readonly status: number;
  readonly retryable: boolean;
  readonly key: `errors:${string}`;
  readonly sentence: string;
}

function entry<S extends string>(status: number, key: string, sentence: S, retryable = false) {
  return { status, retryable, key: `errors:${key}`, sentence } as const satisfies ErrorEntry;
}

const RETRYABLE = true;

const AUTH_ERRORS = {
  auth_missing: entry(401, 'auth_missing', 'An Authorization header is required'),
  auth_scheme: entry(401, 'auth_scheme', 'The Authorization scheme must be "Nostr" or "Bearer"'),
  auth_base64: entry(401, 'auth_base64', 'The Authorization value is not valid base64'),
  auth_json: entry(401, 'auth_json', 'The Authorization value is not valid JSON'),
  auth_shape: entry(401, 'auth_shape', 'The Authorization value is not a Nostr event of acceptable size'),
  auth_id: entry(401, 'auth_id', 'The id of the auth event is not the hash of its content'),
  auth_signature: entry(401, 'auth_signature', 'The signature of the auth event is wrong'),
  auth_kind: entry(401, 'auth_kind', 'The auth event must be of kind 27235'),
  auth_time: entry(401, 'auth_time', 'The auth event is too old or too far in the future', RETRYABLE),
  auth_url: entry(401, 'auth_url', 'The auth event was signed for another address', RETRYABLE),
  auth_method: entry(401, 'auth_method', 'The auth event was signed for another method'),
  auth_payload: entry(401, 'auth_payload', 'The auth event was signed for another body'),
  auth_replay: entry(401, 'auth_replay', 'This auth event was used before', RETRYABLE),
} as const satisfies Record<HttpAuthFailure, ErrorEntry>;

/** The catalogue. A code never changes its meaning. */
export const ERRORS = {
  ...AUTH_ERRORS,
  session_invalid: entry(401, 'session_invalid', 'This session is not valid here'),
  session_expired: entry(401, 'session_expired', 'This session has expired'),
  key_required: entry(
    401,
    'key_required',
    'This must be signed with the key itself, a session is not enough',
  ),

  bad_request: entry(400, 'bad_request', 'The request is malformed'),
  bad_json: entry(400, 'bad_json', 'The body is not valid JSON'),
  invalid_id: entry(400, 'invalid_id', 'This is not a valid id or public key'),
  too_large: entry(413, 'too_large', 'The body is too large'),
  wrong_type: entry(415, 'wrong_type', 'The body must be application/json'),

  forbidden: entry(403, 'forbidden', 'Your role does not permit this'),
  not_host_restart: entry(403, 'not_host_restart', 'Only the host can restart the nest'),
  banned: entry(403, 'banned', 'This key is banned from the nest'),
  blocked: entry(403, 'blocked', 'The operator of this server has blocked this key'),
  removed: entry(403, 'removed', 'You were removed from the nest'),
  invite_only: entry(403, 'invite_only', 'This nest is by invitation only'),
  no_guests: entry(403, 'no_guests', 'This nest does not admit guests'),

  room_not_found: entry(404, 'room_not_found', 'Room not found', RETRYABLE),
  not_found: entry(404, 'not_found', 'There is nothing at this address'),
  method_not_allowed: entry(405, 'method_not_allowed', 'This method is not allowed here'),
  ended: entry(410, 'ended', 'This nest has ended'),

  not_started: entry(409, 'not_started', 'This nest has not started yet', RETRYABLE),
  already_started: entry(409, 'already_started', 'This nest has already started'),
  stage_full: entry(409, 'stage_full', 'The stage is full', RETRYABLE),
  conflict: entry(409, 'conflict', 'Something else changed the nest at the same moment', RETRYABLE),

  nest_full: entry(429, 'nest_full', 'This nest is full', RETRYABLE),
  rate_limited: entry(429, 'rate_limited', 'Too many requests', RETRYABLE),

  token_failed: entry(500, 'token_failed', 'Failed to generate access token', RETRYABLE),
  internal: entry(500, 'internal', 'Something went wrong on the server', RETRYABLE),
  store_unavailable: entry(503, 'store_unavailable', 'The store cannot be reached', RETRYABLE),
  livekit_unavailable: entry(503, 'livekit_unavailable', 'LiveKit cannot be reached', RETRYABLE),
  recovering: entry(503, 'recovering', 'The server is recovering its state', RETRYABLE),
} as const satisfies Record<string, ErrorEntry>;

/** The `code` of an error reply. */
export type ErrorCode = keyof typeof ERRORS;

/** True for codes of this catalogue; a newer server may know more. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
