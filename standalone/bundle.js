import { join } from 'node:path';

/**
 * @typedef {import('esbuild').BuildOptions} BuildOptions
 * @typedef {import('esbuild').Plugin} Plugin
 */

/**
 * Our own packages are bundled from their TypeScript; everybody else's stay outside, in node_modules.
 * @param {string} root the repository's root
 * @returns {Plugin}
 */
const ownPackages = (root) => ({
  name: 'own-packages',
  setup(build) {
    build.onResolve({ filter: /^@nests\// }, ({ path }) => {
      const [, workspace = '', ...module] = path.split('/');
      return { path: `${join(root, workspace, ...module)}.ts` };
    });
  },
});

/**
 * How one of the servers becomes the single file that is run.
 * @param {string} root the repository's root
 * @param {string} name the workspace: `api` or `relay`
 * @returns {BuildOptions} for esbuild
 */
export function bundleOptions(root, name) {
  return {
    absWorkingDir: root,
    entryPoints: [join(name, 'main.ts')],
    outfile: join(name, 'dist', 'main.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    plugins: [ownPackages(root)],
    sourcemap: true,
    logLevel: 'silent',
  };
}

/**
 * Bundles one server.
 * @param {string} root the repository's root
 * @param {string} name the workspace: `api` or `relay`
 * @throws {Error} with the compiler's words
 */
export async function bundle(root, name) {
  // Imported here: there are no packages yet when start begins.
  const esbuild = await import('esbuild');
  await esbuild.build(bundleOptions(root, name));
}
