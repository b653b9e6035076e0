import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForLock } from '../lock.js';
import { messageOf, Sentence } from '../sentence.js';
import { buildWithGo } from './go.js';
import { EXE, onPath } from './on-path.js';
import { downloadRelease, officialRelease } from './release.js';
import { checkVersion, LIVEKIT_VERSION } from './version.js';

const WORKSHOP = 'livekit-being-made-';

/**
 * @typedef {object} Search how to look for LiveKit
 * @property {NodeJS.ProcessEnv} env the environment: its PATH, and what Go wants to know
 * @property {string} cache where fetched programs are kept
 * @property {string} [named] the program that was named by NESTS_LIVEKIT_SERVER
 * @property {(doing: string) => void} say told what is being done
 * @property {AbortSignal} [signal] stops it
 * @property {import('./release.js').Release} [release] the official one, unless a test has another
 */

/**
 * @typedef {object} Found
 * @property {string} path the program
 * @property {string} from where it was found, one phrase
 */

/**
 * Finds LiveKit, or fetches it: the program that was named; `livekit-server` on the PATH; the copy in the user's
 * cache; built from source with Go; the official release, if its checksum is right.
 * @param {Search} search how to look
 * @returns {Promise<Found>} a program that runs here and is new enough
 * @throws {Sentence} naming what was tried, why each failed, and what to do
 */
export async function findLiveKit(search) {
  const { env, named, signal } = search;
  if (named !== undefined) {
    const version = await checkVersion(named, signal).catch((/** @type {unknown} */ error) => {
      throw new Sentence(`NESTS_LIVEKIT_SERVER cannot be used: ${messageOf(error)}.`);
    });
    return { path: named, from: `${named}, version ${version}` };
  }
  /** @type {string[]} */
  const failures = [];
  const there = await onPath('livekit-server', env);
  if (there === undefined) failures.push('on the PATH: there is no livekit-server');
  else {
    try {
      return { path: there, from: `${there}, version ${await checkVersion(there, signal)}` };
    } catch (error) {
      failures.push(`on the PATH: ${messageOf(error)}`);
    }
  }
  return (await cached(search, failures)) ?? fetchIt(search, failures);
}

/** @param {string} cache */
const cachedProgram = (cache) => join(cache, `livekit-server-${LIVEKIT_VERSION}${EXE}`);

/**
 * @param {Search} search
 * @param {string[]} failures
 * @returns {Promise<Found | undefined>}
 */
async function cached({ cache, signal }, failures) {
  const path = cachedProgram(cache);
  if (!existsSync(path)) {
    failures.push(`in the cache: there is no ${path}`);
    return undefined;
  }
  try {
    await checkVersion(path, signal);
    return { path, from: path };
  } catch (error) {
    failures.push(`in the cache: ${messageOf(error)}`);
    return undefined;
  }
}

/**
 * Builds or downloads it, one process at a time, each source in turn.
 * @param {Search} search
 * @param {string[]} failures
 * @returns {Promise<Found>}
 */
async function fetchIt(search, failures) {
  const { env, cache, say, signal, release = officialRelease() } = search;
  const lock = await waitForLock(join(cache, 'livekit.lock'), {
    onWait: () => say('waiting for another Nests that is fetching it'),
    ...(signal && { signal }),
  });
  const target = cachedProgram(cache);
  try {
    const made = await cached(search, []); // perhaps by the one who had the lock
    if (made) return made;
    await clearWorkshops(cache);
    const sources = [
      { name: 'building with Go', from: 'built from source', fetch: buildWithGo },
      {
        name: 'the official release',
        from: 'the official release',
        fetch: (/** @type {Parameters<typeof buildWithGo>[0]} */ how) => downloadRelease({ ...how, release }),
      },
    ];
    for (const { name, from, fetch } of sources) {
      const folder = await workshop(cache);
      try {
        await fetch({ env, folder, target, say, ...(signal && { signal }) });
        await checkVersion(target, signal);
        return { path: target, from: `${from}, kept as ${target}` };
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(`${name}: ${messageOf(error)}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  } finally {
    await lock.release();
  }
  throw new Sentence(
    [
      'LiveKit, which carries the audio, was not found and could not be fetched.',
      ...failures.map((failure) => `  - ${failure}`),
      `Put livekit-server ${LIVEKIT_VERSION} on the PATH (or name it in NESTS_LIVEKIT_SERVER), then start again.`,
    ].join('\n'),
  );
}

/** @param {string} cache */
async function workshop(cache) {
  await mkdir(cache, { recursive: true });
  return mkdtemp(join(cache, WORKSHOP));
}

/**
 * Removes what fetches that were killed have left; the lock says that none is under way.
 * @param {string} cache
 */
async function clearWorkshops(cache) {
  const left = (await readdir(cache).catch(() => [])).filter((name) => name.startsWith(WORKSHOP));
  await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}
