import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from './json.js';
import { run, CommandFailed } from './run.js';
import { Sentence } from './sentence.js';

/** @typedef {{version?: string, optional?: boolean, devOptional?: boolean, link?: boolean}} LockedPackage */

/**
 * @param {string} path
 * @returns {Promise<string | undefined>} the file's text, or nothing when it cannot be read
 */
const read = (path) => readFile(path, 'utf8').catch(() => undefined);

/**
 * @param {string} lockText the text of a package-lock.json, or of the one that npm keeps in node_modules
 * @returns {[string, LockedPackage][]} its packages by folder, without this repository's own
 */
function packagesOf(lockText) {
  const lock = /** @type {{packages?: Record<string, LockedPackage>}} */ (parseJson(lockText));
  return Object.entries(lock.packages ?? {}).filter(
    ([path, { link }]) => path.includes('node_modules/') && !link,
  );
}

/**
 * Whether what npm noted in node_modules is what the lock file asks for; so a clone where somebody ran `npm install`
 * themselves is not installed again.
 * @param {string} wanted the text of package-lock.json
 * @param {string | undefined} present the text of node_modules/.package-lock.json
 */
function holds(wanted, present) {
  if (present === undefined) return false;
  const installed = new Map(packagesOf(present));
  return packagesOf(wanted).every(([path, { version, optional, devOptional }]) => {
    const there = installed.get(path);
    return there ? there.version === version : optional === true || devOptional === true;
  });
}

/**
 * Installs the packages of the lock file, when they are missing or others than it names.
 * @param {string} root the repository's root
 * @param {object} options how
 * @param {(doing: string) => void} options.say told what is being done
 * @param {NodeJS.ProcessEnv} options.env the environment
 * @param {AbortSignal} [options.signal] stops it
 * @returns {Promise<boolean>} whether anything had to be installed
 * @throws {Sentence} when npm fails, with npm's last lines
 */
export async function installPackages(root, { say, env, signal }) {
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
  const notes = join(root, 'node_modules', '.cache', 'nests');
  const stamp = join(notes, 'installed');
  const wanted = createHash('sha256').update(lock).digest('hex');
  if ((await read(stamp)) === wanted) return false;
  const present = holds(lock, await read(join(root, 'node_modules', '.package-lock.json')));
  if (!present) {
    say('npm ci');
    await npmCi(root, env, signal);
  }
  await mkdir(notes, { recursive: true });
  await writeFile(stamp, wanted);
  return !present;
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal | undefined} signal
 */
async function npmCi(root, env, signal) {
  // Building needs the development packages too, whatever NODE_ENV says; `npm start` names the npm that runs it.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--prefer-offline'];
  const npm = env['npm_execpath'];
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  try {
    await run(command, [...first, ...args], { cwd: root, env, ...(signal && { signal }) });
  } catch (error) {
    const said = error instanceof CommandFailed ? error.lastLines : [];
    // npm ends with advice on its own options; what went wrong stands before that.
    const errors = said.filter((line) => /^npm (ERR!|error) ?\S/.test(line)).slice(0, 12);
    const shown = errors.length > 0 ? errors : said.slice(-12);
    throw new Sentence(['The packages could not be installed: `npm ci` failed.', ...shown].join('\n  '));
  }
}
