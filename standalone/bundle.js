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

/** The programs that are run from each workspace, by the name of the file that is made of them. */
const PROGRAMS = {
  api: { main: 'api/main.ts', cli: 'api/cli/main.ts' },
  relay: { main: 'relay/main.ts' },
};

/** @typedef {keyof typeof PROGRAMS} Server a workspace that is bundled for Node */

/**
 * How the programs of a workspace become the files that are run.
 * @param {string} root the repository's root
 * @param {Server} name the workspace
 * @returns {BuildOptions} for esbuild
 */
export function bundleOptions(root, name) {
  return {
    absWorkingDir: root,
    entryPoints: PROGRAMS[name],
    outdir: join(name, 'dist'),
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
 * Bundles the programs of one workspace.
 * @param {string} root the repository's root
 * @param {Server} name the workspace
 * @throws {Error} with the compiler's words
 */
export async function bundle(root, name) {
  // Imported here: there are no packages yet when start begins.
  const esbuild = await import('esbuild');
  await esbuild.build(bundleOptions(root, name));
}
