import { expect, it } from 'vitest';
import { memoryStorage } from './storage-for-tests.ts';
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
  expect(kept.keep('b', '1')).toBe(false);
  expect(kept.names()).toEqual([]);
});

it('keeps for good only what the storage took, and names it', () => {
  const storage = memoryStorage(3);
  const kept = keyValues(() => storage);
  expect(kept.keep('a', '1')).toBe(true);
  expect(kept.keep('a', 'longer')).toBe(false);
  expect(kept.get('a')).toBe('1');
  expect(kept.keep('b', 'longer')).toBe(false);
  expect(kept.get('b')).toBeNull();
  expect(kept.names()).toEqual(['a']);
});
