import { describe, expect, it } from 'vitest';
import { ago, dayAndTime, duration } from './time.ts';
import { regional } from './use-language.ts';

const MINUTE = 60_000;
const at = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime();

describe('times as people say them', () => {
  it.each([
    [0, '1 min'],
    [52 * MINUTE, '52 min'],
    [60 * MINUTE, '1 hr'],
    [179 * MINUTE, '2 hr'],
    [3 * 24 * 60 * MINUTE, '3 days'],
  ])('%d ms of a live nest is %s', (ms, words) => expect(duration(ms, 'en')).toBe(words));

  it('speaks other languages', () => {
    expect(duration(2 * 60 * MINUTE, 'de')).toBe('2 Std.');
    expect(ago(5 * MINUTE, 'de')).toBe('vor 5 Minuten');
  });

  it('names near days and dates far ones', () => {
    const now = at(10, 23);
    const words = (when: number) => dayAndTime(when, now, 'en-GB');
    expect(words(at(10, 8))).toBe('Today, 8:00');
    expect(words(at(11, 9))).toBe('Tomorrow, 9:00');
    expect(words(at(13, 20))).toBe('Fri, 20:00');
    expect(words(at(17, 20))).toBe('17 Mar, 20:00');
    expect(words(at(9, 20))).toBe('Yesterday, 20:00');
  });

  it('counts days by the calendar, not by 24 hours, also when a day has 23', () => {
    expect(dayAndTime(at(29, 1), at(28, 23), 'en-GB')).toMatch(/^Tomorrow/);
    expect(dayAndTime(at(30, 1), at(29, 23), 'en-GB')).toMatch(/^Tomorrow/);
  });

  it('says "now" rather than counting seconds', () => {
    expect(ago(10_000, 'en')).toBe('now');
    expect(ago(26 * 60 * MINUTE, 'en')).toBe('yesterday');
  });
});

describe('the region of the device', () => {
  it('is used when it speaks the language of the page', () => {
    expect(regional('en', ['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
    expect(regional('en', ['de-AT'])).toBe('en');
    expect(regional('de', ['den', 'de-CH'])).toBe('de-CH');
  });
});
