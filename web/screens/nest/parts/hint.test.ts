import { expect, test } from 'vitest';
import { browserKind, hintFor, type HintFacts } from './hint.ts';

const RESTING: HintFacts['microphone'] = {
  desired: 'muted',
  actual: 'muted',
  syncing: false,
  problem: null,
  talkingWhileMuted: false,
};
const FINE: HintFacts = {
  connection: 'connected',
  audioBlocked: false,
  deafened: false,
  microphone: RESTING,
  role: 'speaker',
  count: 12,
};

test('nothing is said while nothing is wrong', () => {
  expect(hintFor(FINE)).toBeNull();
});

test('what stops everything else comes first', () => {
  const worst: HintFacts = {
    connection: 'reconnecting',
    audioBlocked: true,
    deafened: true,
    microphone: { ...RESTING, problem: 'silent', talkingWhileMuted: true },
    role: 'host',
    count: 1,
  };
  expect(hintFor(worst)).toBe('reconnecting');
  expect(hintFor({ ...worst, connection: 'connected' })).toBe('audio_blocked');
  expect(hintFor({ ...worst, connection: 'connected', audioBlocked: false })).toBe('microphone_silent');
});

test('"You are muted" only while nobody hears it', () => {
  const talking = { ...RESTING, talkingWhileMuted: true };
  expect(hintFor({ ...FINE, microphone: talking })).toBe('talking_while_muted');
  expect(hintFor({ ...FINE, microphone: { ...talking, actual: 'live' } })).toBeNull();
});

test('a host alone is told how to invite; an unknown number says nothing', () => {
  expect(hintFor({ ...FINE, role: 'host', count: 1 })).toBe('alone');
  expect(hintFor({ ...FINE, role: 'host', count: null })).toBeNull();
  expect(hintFor({ ...FINE, role: 'listener', count: 1 })).toBeNull();
});

test('help with the microphone is for the browser that is used', () => {
  expect(browserKind('Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/140.0')).toBe('firefox');
  expect(browserKind('Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/140 Safari/537.36')).toBe('chromium');
  expect(browserKind('Mozilla/5.0 (iPhone) AppleWebKit/605 Version/18 Mobile Safari/604')).toBe('safari');
  expect(browserKind('something')).toBe('other');
});
