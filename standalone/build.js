import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.js';
import { fingerprint } from './fingerprint.js';
import { CommandFailed, run } from './run.js';
import { messageOf, Sentence } from './sentence.js';

/**
 * @typedef {object} Product something that is built from sources
 * @property {'api' | 'relay' | 'web'} name its workspace
 * @property {string} output a file that is there once it is built
 * @property {string[]} sources what it is built from, relative to the root
 */

/** What every product depends on, beside its own folder. */
const SHARED = ['protocol', 'package-lock.json', 'tsconfig.base.json'];

/** @type {Product[]} */
const PRODUCTS = [
  { name: 'api', output: 'api/dist/main.js', sources: ['api', 'standalone/bundle.js', ...SHARED] },
  { name: 'relay', output: 'relay/dist/main.js', sources: ['relay', 'standalone/bundle.js', ...SHARED] },
  { name: 'web', output: 'web/dist/index.html', sources: ['web', ...SHARED] },
];

/**
 * Builds what is missing or older than its sources, all at the same time.
 * @param {string} root the repository's root
 * @param {object} options how
 * @param {(doing: string) => void} options.say told what is being done
 * @param {AbortSignal} [options.signal] stops it
 * @param {Product['name'][]} [options.only] the products wanted, all when left out
 * @returns {Promise<string[]>} the names of those that had to be built
 * @throws {Sentence} with the compiler's words, when one cannot be built
 */
export async function build(root, { say, signal, only }) {
  const wanted = PRODUCTS.filter(({ name }) => !only || only.some((one) => one === name));
  const checked = await Promise.all(
    wanted.map(async (product) => ({ product, ...(await check(root, product)) })),
  );
  const stale = checked.filter(({ fresh }) => !fresh);
  if (stale.length > 0) say(`building ${stale.map(({ product }) => product.name).join(', ')}`);
  const results = await Promise.allSettled(
    stale.map(async ({ product, mark, stamp }) => {
      await make(root, product.name, signal);
      await writeFile(stamp, mark);
    }),
  );
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [messageOf(result.reason)] : [],
  );
  if (failures.length > 0) throw new Sentence(failures.join('\n\n'));
  return stale.map(({ product }) => product.name);
}

/**
 * Whether a product is as its sources are. The stamp lies in the product's own folder: whoever removes the folder
 * removes the stamp.
 * @param {string} root
 * @param {Product} product
 */
async function check(root, { name, output, sources }) {
  const stamp = join(root, name, 'dist', '.built-from');
  const mark = await fingerprint(root, sources);
  const known = await readFile(stamp, 'utf8').catch(() => undefined);
  return { stamp, mark, fresh: known === mark && existsSync(join(root, output)) };
}

/**
 * @param {string} root
 * @param {Product['name']} name
 * @param {AbortSignal | undefined} signal
 */
async function make(root, name, signal) {
  try {
    if (name !== 'web') {
      await bundle(root, name);
      return;
    }
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    // A process of its own: the two cores share the work, and the live line goes on moving.
    await run(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: join(root, 'web'),
      // Packages read NODE_ENV while they are bundled: people get the production build, whoever builds it.
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
      ...(signal && { signal }),
    });
  } catch (error) {
    const said = error instanceof CommandFailed ? error.lastLines : [messageOf(error)];
    throw new Sentence([`${name} could not be built:`, ...said].join('\n  '));
  }
}
