import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildApi, bundleFolder, portOf, startApi, type ApiProcess } from './process-for-tests.ts';

/** The API as a process of its own; LiveKit is away all the time, which is no reason not to serve. */
describe('the API process', () => {
  const dir = bundleFolder();
  const running: ApiProcess[] = [];
  let file: string;
  beforeAll(async () => {
    file = await buildApi(dir);
  });
  afterEach(() => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const start = (env: Record<string, string> = {}): ApiProcess => {
    const keys = {
      LIVEKIT_URL: 'ws://127.0.0.1:1',
      LIVEKIT_API_KEY: 'key',
      LIVEKIT_API_SECRET: 'livekit-secret-livekit-secret-0123',
    };
    const api = startApi(file, { PORT: '0', NESTS_DATA_DIR: path.join(dir, 'data'), ...keys, ...env });
    running.push(api);
    return api;
  };

  it('says where it listens, ends when it is asked to, and starts again on what it left', async () => {
    const { child, said, ended } = start();
    const port = await portOf({ said });
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect(await health.json()).toMatchObject({
      status: 'degraded',
      checks: { store: { ok: true }, livekit: { ok: false } },
    });
    const unknown = await fetch(`http://127.0.0.1:${port}/api/v1/nests/none/info`);
    expect(await unknown.json()).toMatchObject({ code: 'livekit_unavailable' }); // it may still be there: not a 404
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said.err).toBe('');

    const again = start();
    await portOf(again);
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(0);
  });

  it('refuses settings that are wrong, all of them at once, with a code of its own', async () => {
    const { said, ended } = start({ NODE_ENV: 'production', NESTS_UNSAFE_NO_LIMITS: 'on', PORT: 'x' });
    expect(await ended).toBe(2);
    for (const name of ['NESTS_SECRET', 'NESTS_UNSAFE_NO_LIMITS', 'PORT'])
      expect(said.err).toContain(`  - ${name} `);
    expect(said.out).toBe('');
  });

  it('fails, and says why, where its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { said, ended } = start({ PORT: String((other.address() as AddressInfo).port) });
    expect(await ended).toBe(1);
    expect(said.out).toContain('EADDRINUSE');
    other.close();
  });
});
