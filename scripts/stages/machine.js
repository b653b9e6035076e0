import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command } from './command.js';

const LIMIT_MS = 10 * 60_000;

/**
 * What the tests need of the machine, beside Node, by the name of Debian's package.
 * @type {{package: string, why: string, present: (env: NodeJS.ProcessEnv) => boolean}[]}
 */
const NEEDED = [
  { package: 'chromium', why: 'the browser journeys', present: chromiumPresent },
  {
    package: 'redis-server',
    why: 'the tests of the Redis store',
    present: (env) => onPath('redis-server', env),
  },
  { package: 'ffmpeg', why: 'listening to what was heard', present: (env) => onPath('ffmpeg', env) },
  { package: 'curl', why: 'the scripts that check a running server', present: (env) => onPath('curl', env) },
  {
    package: 'caddy',
    why: 'the test of the deployment on many nodes',
    present: (env) => onPath('caddy', env),
  },
  { package: 'shellcheck', why: 'the check of the scripts', present: (env) => onPath('shellcheck', env) },
  {
    package: 'fonts-noto-core',
    why: 'pages in every script',
    present: () => fontPresent('NotoSans-Regular.ttf'),
  },
  {
    package: 'fonts-noto-color-emoji',
    why: 'reactions in pictures of pages',
    present: () => fontPresent('NotoColorEmoji.ttf'),
  },
];

/** @param {NodeJS.ProcessEnv} env */
function chromiumPresent(env) {
  return existsSync(env['NESTS_CHROMIUM'] ?? '/usr/bin/chromium');
}

/** @param {string} file */
function fontPresent(file) {
  // Fonts are looked for, and installed, only where Debian keeps them: elsewhere nobody can say what is missing.
  return !existsSync('/etc/debian_version') || existsSync(join('/usr/share/fonts/truetype/noto', file));
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
function onPath(program, env) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Installs what the tests need of the machine, from the system's own packages, where we may.
 * @param {string} cwd any folder
 * @param {NodeJS.ProcessEnv} env the environment
 * @returns {Promise<import('./command.js').Outcome>} bad, naming what is missing, where we may not
 */
export async function prepareMachine(cwd, env) {
  const missing = NEEDED.filter(({ present }) => !present(env));
  if (missing.length === 0) return { good: true, output: '' };
  const names = missing.map((one) => one.package);
  const root = await asRoot(cwd, env);
  if (!root) {
    const list = missing.map((one) => `  ${one.package}: ${one.why}`).join('\n');
    return { good: false, output: `These are missing and cannot be installed from here:\n${list}\n` };
  }
  const options = { cwd, env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, limitMs: LIMIT_MS };
  const [first, ...before] = [...root, 'apt-get'];
  const update = await command(first, [...before, 'update', '--quiet'], options);
  const install = await command(
    first,
    [...before, 'install', '--yes', '--quiet', '--no-install-recommends', ...names],
    options,
  );
  const still = NEEDED.filter(({ present }) => !present(env)).map((one) => one.package);
  if (still.length === 0) return { good: true, output: `installed ${names.join(', ')}` };
  return { good: false, output: `${update.output}\n${install.output}\nStill missing: ${still.join(', ')}\n` };
}

/**
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[] | undefined>} the words before a command that is to run as root, if we may
 */
async function asRoot(cwd, env) {
  if (!onPath('apt-get', env)) return undefined;
  if (process.getuid?.() === 0) return [];
  const { good } = await command('sudo', ['-n', 'true'], { cwd, limitMs: 10_000 });
  // sudo keeps the environment to itself.
  return good ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'] : undefined;
}
