import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where programs that Nests fetched for this user are kept, shared by all clones.
 * @param {NodeJS.ProcessEnv} env the environment
 * @returns {string} an absolute path, which may not exist yet
 */
export function cacheFolder(env) {
  // A path that is not absolute, the empty one included, is to be ignored, say the rules of XDG.
  const named = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'nests');
}
