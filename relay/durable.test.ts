import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Author, RawClient, now } from './raw-client.ts';

const program = fileURLToPath(new URL('../node_modules/.cache/relay-test/main.js', import.meta.url));
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nests-relay-'));
  await build({
    entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['libsql', 'tiny-secp256k1', 'ws'],
  });
});
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

/** Starts the real process on a free port; resolves when it has said that it listens. */
async function start(port = 0): Promise<{ child: ChildProcess; port: number; url: string }> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, RELAY_PORT: String(port), NESTS_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { msg: string; port: number };
    if (said.msg === 'relay listening') {
      return { child, port: said.port, url: `ws://127.0.0.1:${said.port}` };
    }
  }
  throw new Error('the relay ended before it listened');
}

test('every event that was answered OK is there after kill -9 in full flight', async () => {
  const before = await start();
  const client = await RawClient.connect(before.url);
  const author = new Author();
  const events = Array.from({ length: 150 }, (_, n) => author.sign({ created_at: now() - n }));
  for (const event of events) client.send(['EVENT', event]);
  const confirmed: string[] = [];
  while (confirmed.length < 40) {
    const [verb, id, accepted] = await client.next();
    if (verb === 'OK' && accepted === true) confirmed.push(String(id));
  }
  before.child.kill('SIGKILL');
  await once(before.child, 'exit');
  // OKs that were on their way when it died are promises too.
  for (const [verb, id, accepted] of client.unread) if (verb === 'OK' && accepted) confirmed.push(String(id));

  const after = await start(before.port);
  const again = await RawClient.connect(after.url);
  const kept = new Set((await again.ask('all', { authors: [author.pubkey] })).map(({ id }) => id));
  expect(confirmed.filter((id) => !kept.has(id))).toEqual([]);
  again.close();
  after.child.kill('SIGTERM');
  expect(await once(after.child, 'exit')).toEqual([0, null]);
});

test('a port that is taken is an error with an exit code', async () => {
  const first = await start();
  const second = spawn(process.execPath, [program], {
    env: { ...process.env, RELAY_PORT: String(first.port), NESTS_DATA_DIR: join(folder, 'other') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(second);
  let said = '';
  second.stdout.on('data', (data: Buffer) => (said += data.toString()));
  expect(await once(second, 'close')).toEqual([1, null]);
  expect(said).toContain('EADDRINUSE');
});
