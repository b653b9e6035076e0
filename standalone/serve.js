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
    await runParts(order, livekit);
  } finally {
    await held.lock.release();
  }
}

/**
 * @param {Order} order
 * @param {string | undefined} livekit the LiveKit to start, unless an outside one is used
 */
async function runParts({ env, settings, progress, stop, dev, version }, livekit) {
  const { dataDir, host } = settings;
  const logs = new Logs(join(dataDir, 'logs'), (text) => progress.line(text), { all: dev });
  const supervisor = new Supervisor({
    runDir: join(dataDir, 'run'),
    onLine: (name, line) => logs.write(name, line),
    say: (sentence) => progress.line(sentence),
    guardian: startGuard(),
  });
  stop.signal.addEventListener('abort', () => void supervisor.stop());
  stop.onHurry(() => supervisor.kill());
  try {
    const keys = settings.livekitKeys ?? (await livekitKeys(join(dataDir, 'keys.json')));
    const apiPort = dev ? await freePort(host) : settings.port;
    const api = `http://${reach(host)}:${apiPort}`;
    const own = ownEnvironment(env, settings, { apiPort, ...(settings.livekitKeys ? {} : { keys }) });
    /** @type {(name: 'api' | 'relay', url: string, patienceMs: number) => import('./part.js').PartPlan} */
    const plan = (name, url, patienceMs) => ownPart(name, settings, { env: own, url, patienceMs });
    const parts = [
      plan('relay', `http://${reach(host)}:${settings.relayPort}/health`, 3000),
      plan('api', `${api}/ready`, 6000),
    ];
    if (livekit !== undefined) {
      const config = join(dataDir, 'livekit.yaml');
      await writeConfig(config, settings, keys, `${api}/api/v1/livekit/webhook`);
      parts.unshift(livekitPart(settings, { program: livekit, config, env }));
    }
    const tools = dev
      ? await develop({ supervisor, settings, env: own, api, version, say: (text) => progress.line(text) })
      : undefined;
    try {
      await progress.step(
        'Nests',
        'starting',
        // All at once: the API takes longest, and is ready only when it has found the others.
        () => Promise.all((tools ? [...parts, tools.web] : parts).map((part) => supervisor.start(part))),
        () => 'started',
      );
      progress.line(`Logs: ${logs.folder}`);
      progress.line(`Nests is ready: ${settings.publicUrl}`);
      const failure = await Promise.race([supervisor.failed, aborted(stop.signal)]);
      if (failure) throw failure;
      progress.line('Stopping.');
    } finally {
      await tools?.end();
    }
  } finally {
    await supervisor.stop();
    logs.close();
  }
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
