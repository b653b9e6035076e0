import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './app.ts';
import { openBacking } from './backing.ts';
import { openBlocklist } from './blocklist.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { serveMetrics } from './http/metrics.ts';
import { randomIds } from './ids.ts';
import { makeLog } from './log.ts';
import { LiveKit } from './media/livekit.ts';
import { LiveKitWebhooks } from './media/webhooks.ts';
import { countDomain, Metrics } from './metrics.ts';
import { systemClock } from './nests/clock.ts';
import { makeDomain } from './nests/nests.ts';
import type { Log } from './nests/ports.ts';
import { makeSeal } from './nests/seal.ts';
import { LIVEKIT, observed, STORE, watch } from './observed.ts';
import about from './package.json' with { type: 'json' };
import { verifyEvent } from './verify.ts';

/** What a process says when it ends: it was asked to; it could not start or go on; its settings are wrong. */
const EXIT = { fine: 0, failed: 1, misconfigured: 2 } as const;
/** How long a graceful stop may take, in ms. */
const STOP_MS = 5000;

/** The built web app: beside this program, whether it runs from its source or from its bundle. */
function webDir(): string {
  const here = import.meta.dirname;
  const places = [path.join(here, '../web/dist'), path.join(here, '../../web/dist')];
  return places.find((place) => existsSync(place)) ?? path.join(here, '../../web/dist');
}

function configOrExit(): Config {
  try {
    return readConfig(process.env, { version: about.version, webDir: webDir() });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT.misconfigured);
  }
}

/** Wires the parts, serves until it is asked to stop. */
async function serve(config: Config, log: Log): Promise<void> {
  const around = { clock: systemClock, ids: randomIds, log };
  const backing = await openBacking(config, around);
  const metrics = new Metrics(config.version);
  metrics.watchProcess();
  const debug = config.logLevel === 'debug';
  const media = observed(new LiveKit(config.livekit), watch(LIVEKIT, metrics, log, debug));
  const webhooks = new LiveKitWebhooks(config.livekit);
  const ports = {
    ...around,
    media,
    store: observed(backing.store, watch(STORE, metrics, log, debug)),
    feed: backing.feed,
    seal: makeSeal(config.secrets),
  };
  const blocklist = openBlocklist(config.blocked, log);
  const isBlocked = (pubkey: string): boolean => blocklist.has(pubkey);
  const { nests, sweep, repairs } = makeDomain(ports, {
    capacity: config.capacity,
    createLimit: config.limits?.create ?? null,
    isBlocked,
    // Replicas share a Redis, and several nodes of LiveKit share it with them.
    landmark: config.redisUrl !== undefined,
  });
  countDomain(metrics, { sweep, repairs });
  const app = buildApp({
    ...ports,
    config,
    nests,
    metrics,
    repairs,
    isBlocked,
    verify: verifyEvent,
    readWebhook: (body, authorization) => webhooks.read(body, authorization),
    testToken: () => media.testToken(),
  });

  const { metricsPort, metricsToken, host } = config;
  const metricsServer =
    metricsPort === undefined
      ? undefined
      : await serveMetrics(metrics, { port: metricsPort, host, token: metricsToken });
  const stop = async (): Promise<void> => {
    metricsServer?.close();
    blocklist.close();
    await Promise.all([app.close(), sweep.stop()]);
    await nests.settled();
    await backing.close();
  };
  stopOnSignals(stop, log);
  await app.listen({ port: config.port, host });
  sweep.start();
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : config.port;
  log.info('api listening', { port, publicUrl: config.publicUrls[0], version: config.version });
}

function stopOnSignals(stop: () => Promise<void>, log: Log): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(EXIT.failed); // asked twice: at once
    stopping = true;
    log.info('api stopping', { signal });
    setTimeout(() => {
      log.error('api did not stop in time');
      process.exit(EXIT.failed);
    }, STOP_MS).unref();
    stop().then(
      () => process.exit(EXIT.fine),
      (error: unknown) => {
        log.error('api did not stop cleanly', { error });
        process.exit(EXIT.failed);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

const config = configOrExit();
const log = makeLog(config.logLevel);
const die = (error: unknown): never => {
  log.error('api cannot go on', { error });
  process.exit(EXIT.failed);
};
process.on('uncaughtException', die);
process.on('unhandledRejection', die);
await serve(config, log).catch(die);
