import { expect, test } from 'vitest';
import { Backlog } from './backlog.ts';

test('where too much waits in all, whoever has most of it is named, not whoever came last', () => {
  const backlog = new Backlog<string>(100);
  expect(backlog.note('slow', 60)).toBeNull();
  expect(backlog.note('quick', 30)).toBeNull();
  expect(backlog.note('quick', 50)).toBe('slow');
  expect(backlog.note('slow', 0)).toBeNull();
  expect(backlog.note('quick', 100)).toBeNull();
});
