import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';

/**
 * Prints the `Authorization` header of one NIP-98 request, for scripts at a terminal.
 * @param body the request's exact body, when it has one
 * @returns the exit code
 */
export async function auth(method: string, url: string, body?: string): Promise<number> {
  const keyFile = process.env['NESTS_KEY_FILE'];
  if (keyFile === undefined) {
    process.stderr.write('nests: set NESTS_KEY_FILE to the file that holds (or shall hold) the secret key\n');
    return 2;
  }
  const key = await readOrMakeKey(keyFile);
  const header = await makeHttpAuth(
    {
      url,
      method: method.toUpperCase(),
      now: Math.floor(Date.now() / 1000),
      nonce: randomBytes(16).toString('hex'),
      ...(body === undefined ? {} : { body }),
    },
    (template) => Promise.resolve(finalizeEvent(template, key)),
  );
  process.stdout.write(`${header}\n`);
  return 0;
}

/** The 32 bytes of the key, in hex in the file; the file is made, for its owner's eyes only, when it is missing. */
async function readOrMakeKey(file: string): Promise<Uint8Array> {
  try {
    const hex = (await readFile(file, 'utf8')).trim();
    if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error(`${file} does not hold a key of 64 hex characters`);
    return Buffer.from(hex, 'hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const key = generateSecretKey();
    await writeFile(file, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  }
}
