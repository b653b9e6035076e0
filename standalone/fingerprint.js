import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'test-results']);
/** What no build looks at. */
const SKIPPED_FILES = /\.test\.(ts|tsx|js)$|\.vectors\.json$|\.tsbuildinfo$|\.md$/;

/**
 * A hash of source files, so that a build is done again exactly when one of them is other than it was. Contents, not
 * times: a fresh checkout of the same sources has the same fingerprint.
 * @param {string} root the folder that paths are relative to
 * @param {string[]} sources files and folders below it; one that does not exist counts as empty
 * @returns {Promise<string>} 64 hex digits
 */
export async function fingerprint(root, sources) {
  const found = await Promise.all(sources.map((source) => filesIn(join(root, source))));
  const files = [...new Set(found.flat())].sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, file] of files.entries()) {
    const content = contents[index] ?? Buffer.alloc(0);
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesIn(path) {
  const about = await stat(path).catch(() => undefined);
  if (!about) return [];
  if (about.isFile()) return SKIPPED_FILES.test(path) ? [] : [path];
  const entries = await readdir(path, { withFileTypes: true });
  const inside = await Promise.all(
    entries
      .filter((entry) => entry.isFile() || (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)))
      .map((entry) => filesIn(join(path, entry.name))),
  );
  return inside.flat();
}
