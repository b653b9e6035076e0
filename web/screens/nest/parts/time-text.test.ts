import { expect, test } from 'vitest';
import { localeFor } from './locale.ts';
import { countdownText, durationText, messageTime } from './time-text.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('how long somebody waits is said in one unit', () => {
  expect(durationText(12_400, 'en')).toBe('12 sec');
  expect(durationText(3 * MINUTE + 5_000, 'en')).toBe('3 min');
  expect(durationText(2 * HOUR, 'en')).toBe('2 hr');
  expect(durationText(50 * HOUR, 'en')).toBe('2 days');
  expect(durationText(-5_000, 'en')).toBe('0 sec');
});

test('a countdown shows days while it is far and seconds on the last day', () => {
  expect(countdownText(50 * HOUR, 'en')).toBe('2 days 2 hr');
  expect(countdownText(48 * HOUR, 'en')).toBe('2 days');
  expect(countdownText(HOUR + 4 * MINUTE + 9_000, 'en')).toBe('1:04:09');
  expect(countdownText(4 * MINUTE + 9_000, 'en')).toBe('4:09');
  expect(countdownText(500, 'en')).toBe('0:01');
  expect(countdownText(-1, 'en')).toBe('0:00');
});

test('a message of today shows the hour, an older one the date too', () => {
  const noon = new Date(2026, 10, 20, 12, 0).getTime();
  const sameDay = new Date(2026, 10, 20, 9, 14).getTime();
  const dayBefore = new Date(2026, 10, 19, 9, 14).getTime();
  expect(messageTime(sameDay, noon, 'en-GB')).toBe('9:14');
  expect(messageTime(dayBefore, noon, 'en-GB')).toBe('19/11/2026, 09:14');
});

test('times are written as the browser writes the language that the app speaks', () => {
  expect(localeFor('en', ['de-DE', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(localeFor('fr', ['de-DE', 'en-GB'])).toBe('fr');
  expect(localeFor('de', ['de'])).toBe('de');
});
