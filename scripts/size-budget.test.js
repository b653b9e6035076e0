import { describe, expect, it } from 'vitest';
import { measure } from './size-budget.js';

/** A build as Vite describes it. */
const manifest = {
  'index.html': {
    file: 'a/index.js',
    isEntry: true,
    src: 'index.html',
    imports: ['_shared'],
    css: ['a/index.css'],
  },
  _shared: { file: 'a/shared.js', imports: ['_runtime'] },
  _runtime: { file: 'a/runtime.js', imports: ['_shared'] },
  'nostr/gateway.ts': { file: 'a/gateway.js', src: 'nostr/gateway.ts', imports: ['_shared', '_pool'] },
  _pool: { file: 'a/pool.js' },
  'nostr/key-crypto.ts': { file: 'a/key-crypto.js', src: 'nostr/key-crypto.ts' },
  'media/index.ts': { file: 'a/media.js', src: 'media/index.ts', imports: ['_runtime'] },
  'screens/nest/index.tsx': {
    file: 'a/nest.js',
    src: 'screens/nest/index.tsx',
    imports: ['_shared', '_pool'],
  },
  'screens/nest/room/later.ts': { file: 'a/later.js', src: 'screens/nest/room/later.ts' },
  'i18n/en/nest.json': { file: 'a/words.js', src: 'i18n/en/nest.json' },
  'screens/create/create.tsx': { file: 'a/create.js', src: 'screens/create/create.tsx' },
  'fonts/a.woff2': { file: 'a/a.woff2', src: 'fonts/a.woff2' },
};
/** @type {Record<string, number>} */
const sizes = {
  'a/index.js': 60_000,
  'a/index.css': 10_000,
  'a/shared.js': 5000,
  'a/runtime.js': 500,
  'a/gateway.js': 40_000,
  'a/pool.js': 20_000,
  'a/worker.js': 3000,
  'a/media.js': 140_000,
  'a/nest.js': 30_000,
  'a/words.js': 2000,
};
const sizeOf = (/** @type {string} */ file) => sizes[file] ?? 1_000_000;

describe('the size budget', () => {
  it('counts every file once, and none that is not fetched', () => {
    const lines = measure(manifest, ['a/worker.js', 'a/key.worker.js'], sizeOf);
    expect(lines.map(({ bytes, limit }) => [bytes, limit])).toEqual([
      [65_500, 110_000],
      [63_000, 110_000],
      [140_000, 150_000],
      [75_500 + 63_000 + 140_000 + 32_000, 370_000],
    ]);
    expect(lines[1]?.files).toEqual(['a/gateway.js', 'a/pool.js', 'a/worker.js']);
  });

  it('does not take a build without one of the parts for a small one', () => {
    const { 'media/index.ts': _media, ...rest } = manifest;
    expect(() => measure(rest, [], sizeOf)).toThrow('the build has no chunk for: LiveKit');
  });
});
