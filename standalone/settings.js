import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseJson } from './json.js';
import { ROOT } from './paths.js';
import { messageOf, Sentence } from './sentence.js';

/** @typedef {{type: string, default: string, why: string}} Setting one row of the table of settings */

/**
 * Settings that only `npm start` reads; all others stand in the API's table, which is written once.
 * @type {Record<string, Setting>}
 */
const OWN_SETTINGS = {
  NESTS_LIVEKIT_SERVER: {
    type: 'file',
    default: 'found or fetched',
    why: 'the livekit-server program to start, version 1.13 or newer',
  },
};

/**
 * Every setting there is, for `--help`.
 * @returns {Record<string, Setting>} by name, in the order to show them
 */
export function allSettings() {
  const text = readFileSync(join(ROOT, 'api', 'settings.json'), 'utf8');
  const ofTheApi = /** @type {Record<string, Setting>} */ (parseJson(text));
  return { ...ofTheApi, ...OWN_SETTINGS };
}

/**
 * @typedef {object} Settings what `npm start` itself needs to know; the API reads the rest
 * @property {number} port where Nests listens
 * @property {string} host the address it binds
 * @property {number} relayPort where the relay listens
 * @property {number} [metricsPort] where the API shows its metrics, where that was set
 * @property {{port: number, udpPort: number, tcpPort: number}} livekit the ports of the LiveKit it starts
 * @property {string} [livekitUrl] an outside LiveKit; then none is started
 * @property {string} [livekitPublicUrl] LiveKit as browsers reach it, where that was set
 * @property {string} [livekitServer] the program to start, where one was named
 * @property {{key: string, secret: string}} [livekitKeys] where they were set
 * @property {string} publicUrl the address people use
 * @property {string} dataDir an absolute path
 */

/**
 * Reads what `npm start` needs from the environment.
 * @param {NodeJS.ProcessEnv} env the environment
 * @param {string} [data] the folder named by `--data`
 * @returns {Settings} checked
 * @throws {Sentence} naming the setting that is wrong
 */
export function readSettings(env, data) {
  const table = allSettings();
  /** @param {string} name */
  const text = (name) => readText(env, name);
  /** @param {string} name */
  const port = (name) => readPort(name, text(name) ?? table[name]?.default ?? '');
  if (data?.trim() === '') throw new Sentence('--data names no folder.');
  const dataDir = data ?? text('NESTS_DATA_DIR');
  const key = text('LIVEKIT_API_KEY');
  const secret = text('LIVEKIT_API_SECRET');
  if ((key === undefined) !== (secret === undefined)) {
    throw new Sentence('LIVEKIT_API_KEY and LIVEKIT_API_SECRET belong together: set both or neither.');
  }
  const settings = {
    port: port('PORT'),
    host: text('HOST') ?? '127.0.0.1',
    relayPort: port('RELAY_PORT'),
    ...(text('NESTS_METRICS_PORT') !== undefined && { metricsPort: port('NESTS_METRICS_PORT') }),
    livekit: {
      port: port('LIVEKIT_PORT'),
      udpPort: port('LIVEKIT_UDP_PORT'),
      tcpPort: port('LIVEKIT_TCP_PORT'),
    },
    ...optional('livekitUrl', text('LIVEKIT_URL')),
    ...optional('livekitPublicUrl', text('LIVEKIT_PUBLIC_URL')),
    ...optional('livekitServer', text('NESTS_LIVEKIT_SERVER')),
    ...(key === undefined || secret === undefined ? {} : { livekitKeys: { key, secret } }),
    dataDir: dataDir === undefined ? join(ROOT, '.nests') : resolve(dataDir),
  };
  if (settings.livekitUrl !== undefined && secret === undefined) {
    throw new Sentence(
      'LIVEKIT_URL names an outside LiveKit: set its LIVEKIT_API_KEY and LIVEKIT_API_SECRET too.',
    );
  }
  const [publicUrl = `http://localhost:${settings.port}`] = (text('NESTS_PUBLIC_URL') ?? '')
    .split(/[,\n]/)
    .map((url) => url.trim().replace(/\/$/, ''))
    .filter((url) => url !== '');
  return { ...settings, publicUrl };
}

/**
 * @template {string} Name
 * @param {Name} name
 * @param {string | undefined} value
 * @returns {{[Key in Name]?: string}} nothing at all where there is no value
 */
function optional(name, value) {
  /** @type {{[Key in Name]?: string}} */
  const found = {};
  if (value !== undefined) found[name] = value;
  return found;
}

/**
 * One setting, from its variable or from the file that `<NAME>_FILE` names.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function readText(env, name) {
  const direct = env[name]?.trim();
  const file = env[`${name}_FILE`];
  if (!file) return direct === '' ? undefined : direct;
  if (direct) throw new Sentence(`${name} and ${name}_FILE are both set; keep one.`);
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch (error) {
    throw new Sentence(`${name}_FILE cannot be read: ${messageOf(error)}.`);
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function readPort(name, text) {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new Sentence(`${name} must be a port, a whole number from 1 to 65535, not "${text}".`);
}
