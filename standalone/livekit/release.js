import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../json.js';
import { messageOf } from '../sentence.js';
import { fileInArchive } from './archive.js';
import { LIVEKIT_VERSION } from './version.js';

/** Where LiveKit publishes its releases. */
const RELEASES = 'https://github.com/livekit/livekit/releases/download';

const LONGEST_MS = 5 * 60_000;
const LARGEST = 200 * 1024 * 1024;
const MB = 1_000_000;

/** What LiveKit is published for, by Node's names: `<platform> <architecture>`. */
const PUBLISHED = new Map([
  ['linux x64', 'linux_amd64.tar.gz'],
  ['linux arm64', 'linux_arm64.tar.gz'],
  ['linux arm', 'linux_armv7.tar.gz'],
  ['win32 x64', 'windows_amd64.zip'],
  ['win32 arm64', 'windows_arm64.zip'],
]);

/**
 * @typedef {object} Release where an official release comes from, and what it must be
 * @property {string} base the address that the version and the archive's name are appended to
 * @property {Record<string, string>} checksums SHA-256 in hex by the archive's name
 * @property {string} platform as in `process.platform`
 * @property {string} arch as in `process.arch`
 */

/**
 * The official release for this machine, as LiveKit publishes it and this repository vouches for it.
 * @returns {Release} with the checksums from `checksums.json`
 */
export function officialRelease() {
  const text = readFileSync(new URL('checksums.json', import.meta.url), 'utf8');
  const checksums = /** @type {Record<string, string>} */ (parseJson(text));
  return { base: RELEASES, checksums, platform: process.platform, arch: process.arch };
}

/**
 * Downloads LiveKit's official release and takes the server out of it, once its checksum is right.
 * @param {object} options how
 * @param {Release} options.release what to download
 * @param {string} options.folder an empty folder to work in
 * @param {string} options.target the file to make, on the same disk; it appears whole or not at all
 * @param {(doing: string) => void} options.say told what is being done
 * @param {AbortSignal} [options.signal] stops it
 * @throws {Error} saying in one phrase why it cannot be had
 */
export async function downloadRelease({ release, folder, target, say, signal }) {
  const { base, checksums, platform, arch } = release;
  const system = PUBLISHED.get(`${platform} ${arch}`);
  if (system === undefined) throw new Error(`LiveKit publishes no server for ${platform} on ${arch}`);
  const name = `livekit_${LIVEKIT_VERSION}_${system}`;
  const wanted = checksums[name];
  // Asked before downloading: what could not be checked would not be started anyway.
  if (wanted === undefined) throw new Error(`this system has no checksum recorded (${name})`);
  say(`downloading ${name}`);
  const archive = await download(`${base}/v${LIVEKIT_VERSION}/${name}`, signal);
  const sum = createHash('sha256').update(archive).digest('hex');
  if (sum !== wanted) throw new Error(`${name} has the SHA-256 ${sum}, and not ${wanted} as recorded`);
  const exe = platform === 'win32' ? '.exe' : '';
  const unpacked = join(folder, `livekit-server${exe}`);
  await writeFile(unpacked, fileInArchive(archive, name, `livekit-server${exe}`), { flush: true });
  await chmod(unpacked, 0o755);
  await rename(unpacked, target);
}

/**
 * @param {string} url
 * @param {AbortSignal | undefined} stop
 */
async function download(url, stop) {
  const limit = AbortSignal.timeout(LONGEST_MS);
  const signal = stop ? AbortSignal.any([stop, limit]) : limit;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    /** @type {Buffer[]} */
    const chunks = [];
    let size = 0;
    for await (const chunk of /** @type {AsyncIterable<Uint8Array>} */ (response.body ?? [])) {
      const piece = Buffer.from(chunk);
      size += piece.length;
      if (size > LARGEST) throw new Error(`more than ${LARGEST / MB} MB`);
      chunks.push(piece);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new Error(`${url} could not be downloaded: ${messageOf(error)}`, { cause: error });
  }
}
