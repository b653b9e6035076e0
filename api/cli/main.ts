import { auth } from './auth.ts';
import { openBacking } from '../backing.ts';
import { readStorePlace } from '../config.ts';
import { randomIds } from '../ids.ts';
import { makeLog } from '../log.ts';
import { systemClock } from '../nests/clock.ts';
import type { NestStore } from '../nests/ports.ts';
import { storeExport, storeImport } from './store.ts';

/** What an operator can do from a terminal, one line each. */
const HELP = `nests: small commands for people who run Nests

  nests store export            every nest of the configured store as NDJSON on standard output
  nests store import            nests from NDJSON on standard input into the configured store
  nests auth METHOD URL [BODY]  the Authorization header (NIP-98) for one request, signed with the key in
                                the file that NESTS_KEY_FILE names (made, mode 0600, when it is missing)

The store is the one the API would use: set REDIS_URL or NESTS_DATA_DIR, or REDIS_URL_FILE or
NESTS_DATA_DIR_FILE, as there. Stop the API first when it uses the embedded store.
`;

/** Runs one command; resolves to the exit code. */
async function run(words: string[]): Promise<number> {
  const [first, second, ...rest] = words;
  if (first === 'store' && second === 'export' && rest.length === 0) {
    return withStore((store) => storeExport(store, process.stdout));
  }
  if (first === 'store' && second === 'import' && rest.length === 0) {
    return withStore((store) => storeImport(store, process.stdin));
  }
  if (first === 'auth' && second !== undefined && rest[0] !== undefined)
    return auth(second, rest[0], rest[1]);
  process.stderr.write(HELP);
  return first === undefined || first === '--help' ? 0 : 2;
}

/** Opens the store that the API would use with the same settings, and closes it afterwards. */
async function withStore(work: (store: NestStore) => Promise<number>): Promise<number> {
  const backing = await openBacking(readStorePlace(process.env), {
    clock: systemClock,
    ids: randomIds,
    log: makeLog('error', process.stderr),
  });
  try {
    return await work(backing.store);
  } finally {
    await backing.close();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`nests: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
