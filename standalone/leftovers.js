import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf, gone, isAlive } from './processes.js';
import { signalGroup } from './run.js';

const PATIENCE_MS = 3000;

/**
 * Ends parts that an earlier start on this data folder has left, when it and its guard were both killed. A process
 * counts as ours only when its command line names the data folder: the process id may be somebody else's by now.
 * @param {string} runDir where the pid files are
 * @param {string} dataDir the data folder, as it stands in the parts' command lines
 * @returns {Promise<string[]>} the names of the parts that had to be ended
 */
export async function endLeftovers(runDir, dataDir) {
  const files = (await readdir(runDir).catch(() => [])).filter((name) => name.endsWith('.pid'));
  const ended = await Promise.all(
    files.map(async (file) => {
      const path = join(runDir, file);
      const pid = Number((await readFile(path, 'utf8').catch(() => '')).trim());
      const ours = pid > 1 && isAlive(pid) && (await commandOf(pid))?.includes(dataDir);
      if (ours) {
        signalGroup(pid, 'SIGTERM');
        if (!(await gone(pid, PATIENCE_MS))) signalGroup(pid, 'SIGKILL');
        await gone(pid, PATIENCE_MS);
      }
      await rm(path, { force: true });
      return ours ? [file.replace(/\.pid$/, '')] : [];
    }),
  );
  return ended.flat();
}
