import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Progress } from './progress.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** @param {{isTTY?: boolean, columns?: number}} [about] */
function output(about = {}) {
  /** @type {string[]} */
  const written = [];
  return { written, out: { ...about, write: (/** @type {string} */ text) => written.push(text) } };
}

/** @param {number} ms */
const takes = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('progress that is read later', () => {
  it('says when a step begins, what it turns to, every ten seconds, and how it went', async () => {
    const { written, out } = output();
    const progress = new Progress(out);
    const step = progress.step(
      'LiveKit',
      'looking for it',
      async (say) => {
        await takes(1000);
        say('building it');
        await takes(21_500);
        return 7;
      },
      (count) => `${count} found`,
    );
    await vi.advanceTimersByTimeAsync(23_000);
    expect(await step).toBe(7);
    expect(written).toEqual([
      'LiveKit: looking for it\n',
      'LiveKit: building it\n',
      'LiveKit: building it, 10 s so far\n',
      'LiveKit: building it, 20 s so far\n',
      '✓ LiveKit: 7 found (22.5 s)\n',
    ]);
  });

  it('passes a failure on', async () => {
    const { written, out } = output();
    const failing = new Progress(out).step(
      'Build',
      'building',
      () => Promise.reject(new Error('no')),
      String,
    );
    await expect(failing).rejects.toThrow('no');
    expect(written.at(-1)).toBe('✗ Build: failed after 0.0 s\n');
  });
});

describe('progress on a terminal', () => {
  it('shows all steps under way on one line, no longer than the terminal is wide', async () => {
    const { written, out } = output({ isTTY: true, columns: 40 });
    const progress = new Progress(out);
    const both = Promise.all([
      progress.step(
        'Packages',
        'npm ci',
        () => takes(3000),
        () => 'installed',
      ),
      progress.step(
        'LiveKit',
        'building',
        () => takes(5000),
        () => 'built',
      ),
    ]);
    await vi.advanceTimersByTimeAsync(2500);
    expect(written.at(-1)).toBe('\r\u001b[K⠋ Packages: npm ci 2 s · LiveKit: build');
    await vi.advanceTimersByTimeAsync(2500);
    await both;
    expect(written.filter((text) => text.endsWith('\n'))).toEqual([
      '\r\u001b[K✓ Packages: installed (3.0 s)\n',
      '\r\u001b[K✓ LiveKit: built (5.0 s)\n',
    ]);
    const before = written.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(written.length).toBe(before);
  });
});
