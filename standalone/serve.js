import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { develop } from './dev/develop.js';
import { startGuard } from './guardian.js';
import { livekitKeys } from './keys.js';
import { endLeftovers } from './leftovers.js';
import { livekitYaml, publicAddress } from './livekit/config.js';
import { tryLock } from './lock.js';
import { Logs } from './logs.js';
import { livekitPart, ownEnvironment, ownPart, portsOf, reach } from './parts.js';
import { checkPorts, freePort } from './ports.js';
import { prepare } from './prepare.js';
import { Sentence } from './sentence.js';
import { Supervisor } from './supervisor.js';

/**
 * @typedef {object} Order what is to be served, and how
 * @property {NodeJS.ProcessEnv} env the environment
 * @property {import('./settings.js').Settings} settings as they were read from it
 * @property {import('./progress.js').Progress} progress shows what is done
 * @property {import('./stop.js').Stop} stop the wish to stop
 * @property {boolean} dev whether to reload on change
 * @property {string} version of Nests
 */

/**
 * Runs all of Nests until it is to stop.
 * @param {Order} order what is wanted
 * @returns {Promise<void>} once it was stopped and nothing of it is left
 * @throws {Sentence} when it cannot be started, or a part keeps dying
 */
export async function serve(order) {
  const { settings, progress } = order;
  const runDir = join(settings.dataDir, 'run');
  const held = await tryLock(join(runDir, 'start.lock'));
  if ('heldBy' in held) {
    throw new Sentence(
      `Nests is already running with the data folder ${settings.dataDir} (process ${held.heldBy}). ` +
        'Stop it with Ctrl-C, or start this one with another folder: npm start -- --data DIR',
    );
  }
  try {
    const left = await endLeftovers(runDir, settings.dataDir);
    if (left.length > 0) progress.line(`Ended what an earlier start had left running: ${left.join(', ')}`);
    await checkPorts(portsOf(settings));
    const { livekit } = await prepare({
      env: order.env,
      settings,
      progress,
      signal: order.stop.signal,
      ...(order.dev && { only: [] }),
    });
    // A first start has installed and built for minutes: somebody else may have taken one meanwhile.
    await checkPorts(portsOf(settings));
    order.stop.signal.throwIfAborted();
    await runParts(order, livekit);
  } finally {
    await held.lock.release();
  }
}

/**
 * @param {Order} order
 * @param {string | undefined} livekit the LiveKit to start, unless an outside one is used
 */
async function runParts(order, livekit) {
  const { settings, progress, stop, dev } = order;
  const logs = new Logs(join(settings.dataDir, 'logs'), (text) => progress.line(text), { all: dev });
  const supervisor = new Supervisor({
    runDir: join(settings.dataDir, 'run'),
    onLine: (name, line) => logs.write(name, line),
    say: (sentence) => progress.line(sentence),
    guardian: startGuard(),
  });
  stop.signal.addEventListener('abort', () => void supervisor.stop());
  stop.onHurry(() => supervisor.kill());
  try {
    const { parts, end } = await plan(order, livekit, supervisor);
    try {
      // All at once: the API takes longest, and is ready only when it has found the others.
      const start = () => Promise.all(parts.map((part) => supervisor.start(part)));
      await progress.step('Nests', 'starting', start, () => 'started');
      progress.line(`Logs: ${logs.folder}`);
      progress.line(`Nests is ready: ${settings.publicUrl}`);
      const failure = await Promise.race([supervisor.failed, aborted(stop.signal)]);
      if (failure) throw failure;
      progress.line('Stopping.');
    } finally {
      await end();
    }
  } finally {
    await supervisor.stop();
    logs.close();
  }
}

/**
 * What is to be started, in the reverse of the order it is stopped in.
 * @param {Order} order
 * @param {string | undefined} livekit
 * @param {Supervisor} supervisor
 * @returns {Promise<{parts: import('./part.js').PartPlan[], end: () => Promise<void>}>} and what to end beside them
 */
async function plan({ env, settings, progress, dev, version }, livekit, supervisor) {
  const { host, dataDir } = settings;
  const keys = settings.livekitKeys ?? (await livekitKeys(join(dataDir, 'keys.json')));
  const apiPort = dev ? await freePort(host) : settings.port;
  const api = `http://${reach(host)}:${apiPort}`;
  const relay = `http://${reach(host)}:${settings.relayPort}`;
  const own = ownEnvironment(env, settings, { apiPort, ...(settings.livekitKeys ? {} : { keys }) });
  const servers = [
    ownPart('relay', settings, { env: own, url: `${relay}/health`, patienceMs: 3000 }),
    ownPart('api', settings, { env: own, url: `${api}/health`, checks: true, patienceMs: 6000 }),
  ];
  const media = [];
  if (livekit !== undefined) {
    const config = join(dataDir, 'livekit.yaml');
    await writeConfig(config, settings, keys, `${api}/api/v1/livekit/webhook`);
    media.push(livekitPart(settings, { program: livekit, config, env }));
  }
  if (!dev) return { parts: [...media, ...servers], end: () => Promise.resolve() };
  const say = (/** @type {string} */ text) => progress.line(text);
  const { web, end } = await develop({ supervisor, settings, env: own, api, version, say });
  return { parts: [...media, ...servers, web], end };
}

/**
 * @param {string} path
 * @param {import('./settings.js').Settings} settings
 * @param {import('./keys.js').LiveKitKeys} keys
 * @param {string} webhook
 */
async function writeConfig(path, { host, livekit, livekitPublicUrl }, keys, webhook) {
  const nodeIp = await publicAddress(livekitPublicUrl);
  const yaml = livekitYaml({ host, ports: livekit, keys, webhook, ...(nodeIp !== undefined && { nodeIp }) });
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  await writeFile(path, yaml, { mode: 0o600 });
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<undefined>} settles when it is aborted
 */
function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined));
  });
}
