import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { livekitKeys } from './keys.js';
import { scratch } from './testing/scratch.js';

const mode = async (/** @type {string} */ path) => (await stat(path)).mode & 0o777;

describe('the keys of a data folder', () => {
  it('are made at the first start, for the owner alone, and stay', async () => {
    const path = join(await scratch(), 'data', 'keys.json');
    const first = await livekitKeys(path);
    expect(first.secret).toHaveLength(43);
    expect(await mode(path)).toBe(0o600);
    expect(await mode(join(path, '..'))).toBe(0o700);
    expect(await livekitKeys(path)).toEqual(first);
  });

  it('are others in another folder', async () => {
    const [one, two] = [
      await livekitKeys(join(await scratch(), 'k')),
      await livekitKeys(join(await scratch(), 'k')),
    ];
    expect(one.key).not.toBe(two.key);
    expect(one.secret).not.toBe(two.secret);
  });

  it('are the same for two that start at the same moment', async () => {
    const path = join(await scratch(), 'keys.json');
    const [one, two] = await Promise.all([livekitKeys(path), livekitKeys(path)]);
    expect(one).toEqual(two);
  });

  it('are taken from others who could read them', async () => {
    const path = join(await scratch(), 'keys.json');
    await livekitKeys(path);
    await chmod(path, 0o644);
    await livekitKeys(path);
    expect(await mode(path)).toBe(0o600);
  });

  it.each(['', 'no json', '{}', 'null', '{"livekitApiKey":"a","livekitApiSecret":"short"}'])(
    'are never made anew over a file that is damaged: %s',
    async (text) => {
      const path = join(await scratch(), 'keys.json');
      await writeFile(path, text);
      await expect(livekitKeys(path)).rejects.toThrow(/Restore it, or remove it to get new keys/);
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );
});
