import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startRelay, type Relay } from './relay.ts';

/** The relay as a process of its own. Its log is one JSON object a line, on stdout. */
const log = (level: 'info' | 'error', msg: string, fields: object = {}): void =>
  console.log(JSON.stringify({ level, time: Date.now(), msg, ...fields }));

const setting = (name: string, fallback: string): string => process.env[name]?.trim() || fallback;

const folder = setting('NESTS_DATA_DIR', './.nests');
mkdirSync(folder, { recursive: true });

async function start(): Promise<Relay> {
  try {
    return await startRelay({
      port: Number(setting('RELAY_PORT', '5545')),
      host: setting('HOST', '127.0.0.1'),
      database: join(folder, 'relay.db'),
      authUrl: setting('RELAY_AUTH_URL', '') || null,
      trustedProxies: setting('NESTS_TRUSTED_PROXIES', '')
        .split(/[\s,]+/)
        .filter((name) => name !== ''),
      onError: (error) => log('error', 'relay error', { error: String(error) }),
    });
  } catch (error) {
    log('error', 'relay cannot start', { error: String(error) });
    process.exit(1);
  }
}

const relay = await start();
log('info', 'relay listening', { port: relay.port });

const stop = (signal: string): void => {
  log('info', 'relay stopping', { signal });
  relay.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      log('error', 'relay error', { error: String(error) });
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
