import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOptions } from '../bundle.js';
import { answersAt, reach } from '../parts.js';
import { ROOT } from '../paths.js';
import { Sentence } from '../sentence.js';

/**
 * @typedef {object} Tools what runs beside the parts while developing
 * @property {import('../part.js').PartPlan} web the web app's development server, in front of the API
 * @property {() => Promise<void>} end stops watching the sources
 */

/**
 * Bundles the API and the relay, and again whenever one of their sources changes; the part is then started again.
 * @param {object} options what for
 * @param {import('../supervisor.js').Supervisor} options.supervisor has the parts
 * @param {import('../settings.js').Settings} options.settings where Nests listens
 * @param {NodeJS.ProcessEnv} options.env the parts' environment
 * @param {string} options.api where the API itself listens
 * @param {string} options.version of Nests
 * @param {(text: string) => void} options.say told of every build
 * @returns {Promise<Tools>} once both are bundled
 */
export async function develop({ supervisor, settings, env, api, version, say }) {
  const esbuild = await import('esbuild');
  const contexts = await Promise.all(
    /** @type {const} */ (['api', 'relay']).map(async (name) => {
      // What is built from here on is not what the stamp of the last build says.
      await rm(join(ROOT, name, 'dist', '.built-from'), { force: true });
      const options = bundleOptions(ROOT, name);
      /** @type {(errors: number) => void} */
      let onFirst = () => undefined;
      /** @type {Promise<number> | undefined} */
      let first = new Promise((resolve) => (onFirst = resolve));
      const restart = {
        name: 'restart',
        /** @param {import('esbuild').PluginBuild} build */
        setup(build) {
          build.onEnd(async ({ errors }) => {
            for (const { text, location } of errors) {
              say(`${name}: ${text}${location ? ` (${location.file}:${location.line})` : ''}`);
            }
            if (first) {
              onFirst(errors.length);
            } else if (errors.length === 0) {
              say(`${name}: built again`);
              await supervisor.restart(name);
            }
          });
        },
      };
      const context = await esbuild.context({ ...options, plugins: [...(options.plugins ?? []), restart] });
      await context.watch();
      const errors = await first;
      first = undefined;
      if (errors === 0) return context;
      await context.dispose();
      throw new Sentence(`${name} could not be built.`);
    }),
  );
  const page = { publicUrl: settings.publicUrl, relays: relays(env, settings), version, debug: true };
  return {
    web: {
      name: 'web',
      command: process.execPath,
      args: [fileURLToPath(new URL('web.js', import.meta.url)), '--data', settings.dataDir],
      cwd: join(ROOT, 'web'),
      env: {
        ...env,
        NODE_ENV: 'development',
        HOST: settings.host,
        PORT: String(settings.port),
        NESTS_API_URL: api,
        NESTS_PAGE: JSON.stringify(page),
      },
      answers: answersAt(`http://${reach(settings.host)}:${settings.port}/`),
      patienceMs: 2000,
    },
    end: async () => {
      await Promise.all(contexts.map((context) => context.dispose()));
    },
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {import('../settings.js').Settings} settings
 */
function relays(env, settings) {
  const named = (env['NESTS_RELAYS'] ?? '').split(/[,\n]/).map((url) => url.trim());
  const set = named.filter((url) => url !== '');
  return set.length > 0 ? set : [`ws://localhost:${settings.relayPort}`];
}
