import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from './folders.js';
import { scratch } from './testing/scratch.js';

it('makes a folder with those above it, for us alone, also when two want it at once', async () => {
  const path = join(await scratch(), 'a', 'b', 'c');
  await Promise.all([makeFolder(path), makeFolder(path)]);
  await makeFolder(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

it('names the folder that cannot be made', async () => {
  const file = join(await scratch(), 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'run')])
    await expect(makeFolder(path)).rejects.toThrow(`The folder ${path} cannot be made: E`);
});

it.runIf(process.platform === 'linux')('does not try for ever where nothing can be made', async () => {
  await expect(makeFolder('/proc/nests/run')).rejects.toThrow('The folder /proc/nests/run cannot be made: ');
});
