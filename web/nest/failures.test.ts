import { expect, test } from 'vitest';

import { ApiError, SigningError } from '../api/error.ts';
import words from '../i18n/en/errors.json' with { type: 'json' };
import diagnosisWords from '../i18n/en/diagnostics.json' with { type: 'json' };
import { LinkError } from '../media/media-types.ts';
import { ERRORS, type ErrorCode } from '@nests/protocol/errors';
import { FAILURE_CODES, failure, failureOf, restartFailureOf } from './failures.ts';
import { apiError, noAnswer } from './testing/fake-api.ts';

test('every failure has a title and a sentence, and no words are left over', () => {
  expect(Object.keys(words.failure).sort()).toEqual([...FAILURE_CODES].sort());
  for (const text of Object.values(words.failure)) {
    expect(text.title).not.toBe('');
    expect(text.sentence).not.toBe('');
  }
});

test('every code of the server has its sentence', () => {
  const sentences: Record<string, unknown> = words;
  for (const code of Object.keys(ERRORS)) expect(typeof sentences[code]).toBe('string');
});

test('the sentences that the contract fixes', () => {
  expect(words.failure.still_starting.sentence).toBe(
    'The nest is still starting up. Please wait a moment and try again.',
  );
  expect(words.failure.not_available.sentence).toBe(
    'This nest is no longer available. The audio session may have timed out or been closed.',
  );
  expect(words.failure.restart_forbidden.sentence).toBe('Only the host can restart the nest');
  expect(words.notice.joined_as_guest).toEqual({
    title: 'Joined as Guest',
    text: 'You were connected as a guest. Some features may be limited.',
  });
  expect(words.notice.recreated.title).toBe('Nest recreated with new room ID');
  expect(diagnosisWords.summary).toBe('Room exists: {{room}} | Guest access: {{guest}}');
});

test.each(Object.keys(ERRORS) as ErrorCode[])(
  'the code %s leads to a failure that is not "unknown"',
  (code) => {
    const odd = ERRORS[code].status === 400 || [401, 405, 409, 413, 415].includes(ERRORS[code].status);
    if (odd) return;
    expect(failureOf(apiError(code), false).code).not.toBe('unknown');
  },
);

test('codes of a newer server are read by their status', () => {
  const from = (status: number) =>
    failureOf(new ApiError({ status, code: 'brand_new', message: '' }), false).code;
  expect([403, 404, 410, 429, 500, 502].map(from)).toEqual([
    'forbidden',
    'not_available',
    'ended',
    'rate_limited',
    'server_trouble',
    'server_trouble',
  ]);
});

test('what is not the server’s fault', () => {
  expect(failureOf(new SigningError('no'), false).code).toBe('signer_refused');
  expect(failureOf(new LinkError('no_media', ''), false).code).toBe('audio_unreachable');
  expect(failureOf(apiError('auth_time'), false).code).toBe('clock_off');
  expect(failureOf(new TypeError('a chunk could not be loaded'), false).code).toBe('unknown');
});

test('hosts and others have their own way out; details hold no secret', () => {
  expect(failure('not_available').action).toBe('retry');
  expect(failure('not_available', { isHost: true }).action).toBe('restart');
  expect(failure('no_guests').action).toBe('sign_in');
  expect(failureOf(apiError('nest_full', 7), false).details).toEqual({
    status: 429,
    serverCode: 'nest_full',
    message: 'This nest is full',
    retryAfterS: 7,
  });
});

test('a restart has sentences of its own', () => {
  expect(restartFailureOf(noAnswer('timeout')).code).toBe('restart_timeout');
  expect(restartFailureOf(new SigningError('no')).code).toBe('signer_refused');
});
