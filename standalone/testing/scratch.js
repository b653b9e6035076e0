import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

/** @type {string[]} */
const made = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/**
 * A folder for one test, removed after it.
 * @returns {Promise<string>}
 */
export async function scratch() {
  const folder = await mkdtemp(join(tmpdir(), 'nests-test-'));
  made.push(folder);
  return folder;
}

/**
 * A file that can be run.
 * @param {string} path where
 * @param {string} body shell commands
 * @returns {Promise<string>} the path
 */
export async function shellScript(path, body) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/**
 * Waits until something is so.
 * @param {() => boolean | Promise<boolean>} holds asks whether it is
 */
export async function until(holds) {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
