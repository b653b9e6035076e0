import { expect, it } from 'vitest';
import { keyValues } from './storage.ts';

const refusing = (): Storage => {
  throw new DOMException('denied', 'SecurityError');
};
const missing = (): Storage | undefined => undefined;

it.each([
  ['there is no storage', missing],
  ['the browser refuses it', refusing],
])('keeps text for the page where %s', (_, storage) => {
  const kept = keyValues(storage);
  kept.set('a', '1');
  expect(kept.get('a')).toBe('1');
  kept.remove('a');
  expect(kept.get('a')).toBeNull();
});
