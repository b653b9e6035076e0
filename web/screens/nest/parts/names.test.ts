import { expect, test } from 'vitest';
import { cleanName, personName, shortKey } from './names.ts';

const KEY = 'ab'.repeat(32);

test('somebody is called by their name, and by their key when they have none', () => {
  expect(personName(KEY, 'Mira')).toBe('Mira');
  expect(personName(KEY, undefined)).toBe(shortKey(KEY));
  expect(personName(KEY, ' \u200b\u202e ')).toBe(shortKey(KEY));
  expect(shortKey(KEY)).toMatch(/^npub1.….{3}$/);
});

test('a name cannot hide, turn the text around, or fill the screen', () => {
  expect(cleanName('Mi\u202era\nHost')).toBe('Mi ra Host');
  expect(cleanName('x'.repeat(100))).toHaveLength(40);
  expect(cleanName('x'.repeat(100)).endsWith('…')).toBe(true);
});

test('what people see as one character is not cut', () => {
  const family = '👨‍👩‍👧';
  expect(cleanName(family)).toBe(family);
  expect(cleanName(family.repeat(50), 3)).toBe(`${family}${family}…`);
});
