import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseJson } from './json.js';
import { codeOf, messageOf, Sentence } from './sentence.js';

/** @typedef {{key: string, secret: string}} LiveKitKeys the name of LiveKit's key, and what signs with it */

/**
 * The keys of this data folder, made at the first start and the same ever after.
 * @param {string} path the file keys.json
 * @returns {Promise<LiveKitKeys>} the keys
 * @throws {Sentence} when the file is there but cannot be used: new keys would end every session
 */
export async function livekitKeys(path) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await make(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  await chmod(path, 0o600);
  return read(path);
}

/**
 * Writes new keys where there are none: whole or not at all, readable by nobody else at any moment.
 * @param {string} path
 */
async function make(path) {
  // Of its own name, because two starts may be in one process.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const keys = {
    livekitApiKey: `nests${randomBytes(6).toString('hex')}`,
    livekitApiSecret: randomBytes(32).toString('base64url'),
  };
  await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * @param {string} path
 * @returns {Promise<LiveKitKeys>}
 */
async function read(path) {
  /** @type {unknown} */
  let found;
  try {
    found = parseJson(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Sentence(
      `${path} cannot be read: ${messageOf(error)}. Restore it, or remove it to get new keys.`,
    );
  }
  const { livekitApiKey: key, livekitApiSecret: secret } = /** @type {Record<string, unknown>} */ (
    found ?? {}
  );
  if (typeof key === 'string' && key !== '' && typeof secret === 'string' && secret.length >= 32) {
    return { key, secret };
  }
  throw new Sentence(`${path} holds no LiveKit keys. Restore it, or remove it to get new keys.`);
}
