import { atom } from 'nanostores';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenNamed } from './when-named.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function heard($profile = atom<{ name?: string } | undefined>(undefined)) {
  const said: (string | undefined)[] = [];
  const stop = whenNamed($profile, (name) => said.push(name));
  return { $profile, said, stop };
}

test('a name that is known is said at once', () => {
  expect(heard(atom<{ name?: string } | undefined>({ name: 'Cleo' })).said).toEqual(['Cleo']);
});

test('a name that comes in time is waited for, and said once', () => {
  const { $profile, said } = heard();
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([]);
  $profile.set({});
  $profile.set({ name: 'Dora' });
  $profile.set({ name: 'Dora B.' });
  vi.runAllTimers();
  expect(said).toEqual(['Dora']);
});

test('a name that does not come is not waited for for ever, nor said later', () => {
  const { $profile, said } = heard();
  vi.advanceTimersByTime(5_000);
  expect(said).toEqual([undefined]);
  $profile.set({ name: 'Emil' });
  expect(said).toEqual([undefined]);
  expect($profile.lc).toBe(0);
});

test('whoever has left the nest hears nothing more', () => {
  const { $profile, said, stop } = heard();
  stop();
  $profile.set({ name: 'Fay' });
  vi.runAllTimers();
  expect(said).toEqual([]);
});
