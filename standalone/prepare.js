import { join } from 'node:path';
import { build } from './build.js';
import { installPackages } from './install.js';
import { findLiveKit } from './livekit/find.js';
import { waitForLock } from './lock.js';
import { cacheFolder, ROOT } from './paths.js';

/**
 * @typedef {object} Prepared what is there now
 * @property {string | undefined} livekit the LiveKit to start, unless an outside one is used
 */

/**
 * Gets everything ready that running Nests needs: packages, the built parts and, beside both, LiveKit.
 * @param {object} options how
 * @param {NodeJS.ProcessEnv} options.env the environment
 * @param {import('./settings.js').Settings} options.settings whether to look for LiveKit, and for which
 * @param {import('./progress.js').Progress} options.progress shows what is done
 * @param {AbortSignal} options.signal stops it
 * @param {('api' | 'relay' | 'web')[]} [options.only] the parts to build, all when left out
 * @returns {Promise<Prepared>} once all of it is there
 * @throws {import('./sentence.js').Sentence} when one of it cannot be had; the others are finished first
 */
export async function prepare({ env, settings, progress, signal, only }) {
  const results = await Promise.allSettled([
    installAndBuild({ env, progress, signal, ...(only && { only }) }),
    search({ env, settings, progress, signal }),
  ]);
  signal.throwIfAborted();
  const [, livekit] = results;
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return { livekit: livekit.status === 'fulfilled' ? livekit.value : undefined };
}

/**
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env
 * @param {import('./progress.js').Progress} options.progress
 * @param {AbortSignal} options.signal
 * @param {('api' | 'relay' | 'web')[]} [options.only]
 */
async function installAndBuild({ env, progress, signal, only }) {
  // Beside node_modules, not in it: `npm ci` empties that folder.
  const lock = await waitForLock(join(ROOT, '.nests', 'preparing.lock'), {
    onWait: () =>
      progress.line('Waiting for another `npm start` of this clone to finish installing and building.'),
    signal,
  });
  try {
    await progress.step(
      'Packages',
      'looking',
      (say) => installPackages(ROOT, { say, env, signal }),
      (installed) => (installed ? 'installed' : 'there already'),
    );
    await progress.step(
      'Build',
      'looking for changes',
      (say) => build(ROOT, { say, signal, ...(only && { only }) }),
      (built) => (built.length === 0 ? 'there already' : `${built.join(', ')} built`),
    );
  } finally {
    await lock.release();
  }
}

/**
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env
 * @param {import('./settings.js').Settings} options.settings
 * @param {import('./progress.js').Progress} options.progress
 * @param {AbortSignal} options.signal
 * @returns {Promise<string | undefined>} the program
 */
async function search({ env, settings, progress, signal }) {
  if (settings.livekitUrl !== undefined) {
    progress.line('✓ LiveKit: the one that LIVEKIT_URL names');
    return undefined;
  }
  const named = settings.livekitServer;
  const { path } = await progress.step(
    'LiveKit',
    'looking for it',
    (say) =>
      findLiveKit({ env, cache: cacheFolder(env), say, signal, ...(named !== undefined && { named }) }),
    ({ from }) => from,
  );
  return path;
}
