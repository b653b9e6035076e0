import { expect, test } from 'vitest';
import type { Person } from '../../../nest/session-types.ts';
import { arrivals, audienceShown, awayWithHand, byPubkey, newHands, statesOf } from './people.ts';

function person(key: string, more: Partial<Person> = {}): Person {
  return {
    key,
    pubkey: key,
    role: 'listener',
    isMe: false,
    speaking: false,
    microphone: 'none',
    handSince: null,
    ...more,
  };
}

const keys = (people: readonly Person[]) => people.map(({ key }) => key);

test('fifty of the audience are drawn, and the rest is a number', () => {
  const crowd = Array.from({ length: 63 }, (_, index) => person(`p${index}`));
  const { shown, more } = audienceShown(crowd, false);
  expect(shown).toHaveLength(50);
  expect(more).toBe(13);
  expect(audienceShown(crowd.slice(0, 50), false).more).toBe(0);
});

test('who moderates sees raised hands first, the longest wait before the others; everybody else sees the order of arrival', () => {
  const people = [person('a'), person('b', { handSince: 200 }), person('c'), person('d', { handSince: 100 })];
  expect(keys(audienceShown(people, true).shown)).toEqual(['d', 'b', 'a', 'c']);
  expect(keys(audienceShown(people, false).shown)).toEqual(['a', 'b', 'c', 'd']);
});

test('a hand far back in the crowd is among the fifty for moderators', () => {
  const crowd = Array.from({ length: 200 }, (_, index) => person(`p${index}`));
  const { shown } = audienceShown([...crowd, person('late', { handSince: 1 })], true);
  expect(shown[0]?.key).toBe('late');
});

test('arrivals and hands are told once, and never about oneself', () => {
  const before = [person('a'), person('me', { isMe: true })];
  const now = [person('a'), person('me', { isMe: true }), person('b'), person('new me', { isMe: true })];
  expect(keys(arrivals(before, now))).toEqual(['b']);
  const hands = ['a', 'b', 'c'].map((pubkey, since) => ({ pubkey, since }));
  expect(newHands(hands.slice(0, 1), hands, 'c')).toEqual([{ pubkey: 'b', since: 1 }]);
  expect(newHands(hands, hands, null)).toEqual([]);
});

test('on the stage a closed or missing microphone is muted; in the audience a missing one is nothing', () => {
  expect(statesOf(person('a'), true)).toEqual(['muted']);
  expect(statesOf(person('a'), false)).toEqual([]);
  const speaking = person('a', { microphone: 'live', speaking: true, handSince: 3 });
  expect(statesOf(speaking, true)).toEqual(['speaking', 'handRaised']);
  expect(statesOf(person('a', { microphone: 'muted', speaking: true }), true)).toEqual(['muted']);
});

test('guests are not found by key', () => {
  const found = byPubkey([person('a'), person('guest-1', { pubkey: null })], [person('b')]);
  expect([...found.keys()]).toEqual(['a', 'b']);
});

test('a hand whose person is away belongs to a listener with that hand up, about whom something can be done', () => {
  expect(awayWithHand({ pubkey: 'a', since: 7 })).toEqual(person('a', { handSince: 7 }));
});
