import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** What a program's file name ends in on this system. */
export const EXE = process.platform === 'win32' ? '.exe' : '';

/**
 * Looks a program up as a shell would.
 * @param {string} name without an ending
 * @param {NodeJS.ProcessEnv} env whose PATH to search
 * @returns {Promise<string | undefined>} its file
 */
export async function onPath(name, env) {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders) {
    const path = join(folder, `${name}${EXE}`);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
