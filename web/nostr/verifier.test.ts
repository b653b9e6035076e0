import type { NostrEvent } from '@nests/protocol/event';
import { describe, expect, it } from 'vitest';
import { nestBy, somebody } from './testing.ts';
import { Verifier, verifyInWorker } from './verifier.ts';
import { isGenuine } from './verify.ts';

const genuine = nestBy(somebody());
const forged = { ...genuine, content: 'changed' };
const numbered = (n: number): NostrEvent => ({ ...genuine, created_at: n });

describe('the check of a signature', () => {
  it('knows the genuine from the forged', () => {
    expect(isGenuine(genuine)).toBe(true);
    expect(isGenuine(forged)).toBe(false);
    expect(isGenuine({ ...genuine, pubkey: somebody().pubkey })).toBe(false);
    expect(isGenuine({ ...genuine, sig: '00'.repeat(64) })).toBe(false);
  });

  it('is not fooled by a mark that says it was done already', () => {
    const marked = { ...forged, ...Object.fromEntries([[Symbol.for('verified'), true]]) };
    expect(isGenuine(marked)).toBe(false);
  });

  it('works where there are no workers', async () => {
    const { check, close } = verifyInWorker();
    expect(await check([genuine, forged, genuine])).toEqual([true, false, true]);
    close();
  });
});

describe('many events', () => {
  it('are checked in batches, one batch at a time, and each gets its own answer', async () => {
    const sizes: number[] = [];
    let running = 0;
    const verifier = new Verifier(async (events) => {
      expect(++running).toBe(1);
      sizes.push(events.length);
      await Promise.resolve();
      running--;
      return events.map((event) => event.created_at % 2 === 0);
    });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => verifier.verify(numbered(n), false)),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n % 2 === 0));
    expect(Math.max(...sizes)).toBeLessThan(50);
  });

  it('wait while something urgent is checked', async () => {
    const order: number[] = [];
    const verifier = new Verifier(async (events) => {
      await Promise.resolve();
      order.push(...events.map((event) => event.created_at));
      return events.map(() => true);
    });
    const patient = Array.from({ length: 100 }, (_, n) => verifier.verify(numbered(n + 1), false));
    await Promise.all([...patient, verifier.verify(numbered(999), true)]);
    expect(order.indexOf(999)).toBeLessThan(50);
  });

  it('are not genuine when they cannot be checked, and the next ones are checked all the same', async () => {
    let calls = 0;
    const verifier = new Verifier(async (events) => {
      if (++calls === 1) throw new Error('out of memory');
      return events.map(() => true);
    });
    expect(await verifier.verify(genuine, true)).toBe(false);
    expect(await verifier.verify(genuine, true)).toBe(true);
  });
});
