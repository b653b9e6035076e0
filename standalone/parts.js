import { join } from 'node:path';
import { ROOT } from './paths.js';
import { messageOf } from './sentence.js';

/**
 * @typedef {import('./part.js').PartPlan} PartPlan
 * @typedef {import('./settings.js').Settings} Settings
 * @typedef {import('./keys.js').LiveKitKeys} LiveKitKeys
 */

const ANSWER_MS = 2000;

/**
 * Asks a part over HTTP whether it answers.
 * @param {string} url where
 * @returns {() => Promise<boolean>} true for an answer in the two hundreds
 */
export function answersAt(url) {
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  };
}

/**
 * Asks the API over HTTP what it still waits for.
 * @param {string} url of its health; its readiness says the same, but the API logs each time that it refuses it
 * @returns {() => Promise<string | undefined>} the checks that fail, in words; nothing when it is ready
 */
export function missingAt(url) {
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
      const { checks } = /** @type {{checks: Record<string, {ok: boolean, message?: string}>}} */ (
        await response.json()
      );
      const failing = Object.entries(checks).filter(([, { ok }]) => !ok);
      if (failing.length === 0) return undefined;
      return failing.map(([name, { message }]) => `${name} ${message ?? 'fails'}`).join(', ');
    } catch (error) {
      return messageOf(error);
    }
  };
}

/**
 * The address by which this machine reaches a part that binds an address.
 * @param {string} host what it binds
 * @returns {string} as it stands in a URL
 */
export function reach(host) {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * LiveKit, from its configuration file.
 * @param {Settings} settings the ports and the data folder
 * @param {object} options what else
 * @param {string} options.program the server
 * @param {string} options.config its configuration
 * @param {NodeJS.ProcessEnv} options.env ours
 * @returns {PartPlan}
 */
export function livekitPart(settings, { program, config, env }) {
  // LiveKit reads settings of its own from the environment (NODE_IP, UDP_PORT, LIVEKIT_KEYS …): it gets none of ours.
  const { PATH, HOME, TMPDIR, SystemRoot } = env;
  return {
    name: 'livekit',
    command: program,
    args: ['--config', config],
    env: { PATH, HOME, TMPDIR, SystemRoot },
    answers: answersAt(`http://${reach(settings.host)}:${settings.livekit.port}/`),
    // Asked once, LiveKit waits until every room is empty, which they are not; asked twice, it ends.
    askAgainMs: 200,
    patienceMs: 2500,
  };
}

/**
 * One of our own servers, from its bundle.
 * @param {'api' | 'relay'} name which
 * @param {Settings} settings the data folder
 * @param {object} options what else
 * @param {NodeJS.ProcessEnv} options.env its environment
 * @param {string} options.url where it answers
 * @param {boolean} [options.checks] whether it says there what it waits for
 * @param {number} options.patienceMs how long it may take to end
 * @returns {PartPlan}
 */
export function ownPart(name, settings, { env, url, checks = false, patienceMs }) {
  return {
    name,
    command: process.execPath,
    // The folder is there for people who look at `ps`, and for the next start, which looks for leftovers.
    args: ['--enable-source-maps', join(ROOT, name, 'dist', 'main.js'), '--data', settings.dataDir],
    env,
    answers: answersAt(url),
    ...(checks && { missing: missingAt(url) }),
    patienceMs,
  };
}

/**
 * What the parts of our own read from their environment: everything that was set, and what start has made.
 * @param {NodeJS.ProcessEnv} env ours
 * @param {Settings} settings as they were read from it
 * @param {object} made what start has made
 * @param {number} made.apiPort where the API itself listens
 * @param {LiveKitKeys} [made.keys] made keys, where none were set
 * @returns {NodeJS.ProcessEnv}
 */
export function ownEnvironment(env, settings, { apiPort, keys }) {
  // Where a setting came from a file, its value is handed on, and not both.
  const {
    PORT_FILE: _port,
    HOST_FILE: _host,
    RELAY_PORT_FILE: _relay,
    NESTS_DATA_DIR_FILE: _data,
    ...rest
  } = env;
  /** @type {NodeJS.ProcessEnv} */
  const own = {
    ...rest,
    PORT: String(apiPort),
    HOST: settings.host,
    RELAY_PORT: String(settings.relayPort),
    NESTS_DATA_DIR: settings.dataDir,
    ...(keys && { LIVEKIT_API_KEY: keys.key, LIVEKIT_API_SECRET: keys.secret }),
  };
  if (!env['NESTS_PUBLIC_URL'] && !env['NESTS_PUBLIC_URL_FILE']) own['NESTS_PUBLIC_URL'] = settings.publicUrl;
  if (settings.livekitUrl === undefined) {
    own['LIVEKIT_URL'] = `http://${reach(settings.host)}:${settings.livekit.port}`;
  }
  return own;
}

/**
 * The ports that the parts will use.
 * @param {Settings} settings which ones
 * @returns {import('./ports.js').Port[]} those of LiveKit only when it is started here
 */
export function portsOf({ host, port, relayPort, metricsPort, livekit, livekitUrl, livekitPublicUrl }) {
  /** @type {import('./ports.js').Port[]} */
  const own = [
    { setting: 'PORT', port, host, protocol: 'tcp' },
    { setting: 'RELAY_PORT', port: relayPort, host, protocol: 'tcp' },
  ];
  if (metricsPort !== undefined) {
    own.push({ setting: 'NESTS_METRICS_PORT', port: metricsPort, host, protocol: 'tcp' });
  }
  if (livekitUrl !== undefined) return own;
  return [
    ...own,
    { setting: 'LIVEKIT_PORT', port: livekit.port, host, protocol: 'tcp' },
    // LiveKit binds this one on every address, whatever it is told.
    { setting: 'LIVEKIT_TCP_PORT', port: livekit.tcpPort, host: '0.0.0.0', protocol: 'tcp' },
    {
      setting: 'LIVEKIT_UDP_PORT',
      port: livekit.udpPort,
      // Media for other machines is bound on every address.
      host: isHere(livekitPublicUrl) ? '127.0.0.1' : '0.0.0.0',
      protocol: 'udp',
    },
  ];
}

/**
 * Whether an address leads to this machine alone, as far as can be told without asking for its name.
 * @param {string | undefined} url
 */
function isHere(url) {
  if (url === undefined || !URL.canParse(url)) return true;
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
