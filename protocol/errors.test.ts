import { describe, expect, it } from 'vitest';
import { ERRORS, isErrorCode, type ErrorCode, type ErrorEntry } from './errors.ts';

const entries = Object.entries(ERRORS) as [ErrorCode, ErrorEntry][];

describe('every error', () => {
  it.each(entries)('%s has a status, a sentence for developers and one for people', (code, entry) => {
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(typeof entry.retryable).toBe('boolean');
    expect(entry.sentence).toMatch(/^[A-Z].*[^.]$/);
    expect(entry.key).toBe(`errors:${code}`);
    expect(code).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
  });

  it('can be retried whenever it is an outage or a limit', () => {
    for (const [, { status, retryable }] of entries) {
      if (status >= 500 || status === 429) expect(retryable).toBe(true);
    }
  });

  it('is not worth a retry when it is a refusal', () => {
    for (const [, { status, retryable }] of entries) {
      if (status === 403 || status === 400 || status === 410) expect(retryable).toBe(false);
    }
  });
});

describe('what the contract fixes to the letter', () => {
  it.each([
    ['room_not_found', 404, 'Room not found'],
    ['ended', 410, 'This nest has ended'],
    ['token_failed', 500, 'Failed to generate access token'],
    ['not_host_restart', 403, 'Only the host can restart the nest'],
  ] as const)('%s is %i "%s"', (code, status, sentence) => {
    expect(ERRORS[code]).toMatchObject({ status, sentence });
  });

  it.each([
    [400, ['bad_request', 'bad_json', 'invalid_id']],
    [403, ['forbidden', 'banned', 'removed', 'invite_only', 'no_guests']],
    [409, ['not_started', 'already_started', 'stage_full', 'conflict']],
    [413, ['too_large']],
    [415, ['wrong_type']],
    [429, ['nest_full', 'rate_limited']],
    [503, ['store_unavailable', 'livekit_unavailable', 'recovering']],
  ] as const)('%i is for %j', (status, codes) => {
    for (const code of codes) expect(ERRORS[code].status).toBe(status);
  });

  it('gives every failed authentication a 401', () => {
    for (const [code, { status }] of entries) if (/^(auth|session)_/.test(code)) expect(status).toBe(401);
  });
});

it('knows its own codes and no others', () => {
  expect(isErrorCode('banned')).toBe(true);
  expect(isErrorCode('toString')).toBe(false);
  expect(isErrorCode('from_the_future')).toBe(false);
});
