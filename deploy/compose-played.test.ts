import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { MANY_PORTS, PORTS, readCompose, ROOT } from './testing/compose.ts';
import { hasProgram, Host, livekitProgram, run } from './testing/host.ts';

/** The Compose files played without containers: the same commands with the same environment, on real ports. */
const MINUTE = 60_000;
const canPlay = livekitProgram() !== null && ['redis-server', 'redis-cli', 'curl', 'bash'].every(hasProgram);

const script = (name: string, base: string, env: Record<string, string> = {}) =>
  run(['bash', path.join(ROOT, 'scripts', name), base], env);

/** Every expression of the dashboard and the alerts. */
function expressions(): string[] {
  const found: string[] = [];
  const read = (file: string): unknown => parse(readFileSync(path.join(ROOT, 'deploy', file), 'utf8'));
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('expr' in value && typeof value.expr === 'string') found.push(value.expr);
    Object.values(value).forEach(look);
  };
  look(read('grafana/nests.json')); // JSON is YAML
  look(read('prometheus/alerts.yaml'));
  return found;
}

/** The metrics that an expression reads. `up` and the like are Prometheus's own. */
function namesIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}/g, '').replace(/\bby \([^)]*\)/g, '');
  return bare.match(/\b(?:nests|process|nodejs|livekit)_\w+/g) ?? [];
}

/** The names a text of metrics has values under, or would have. */
function exportedBy(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    names.add(name);
    if (type === 'histogram') for (const end of ['bucket', 'sum', 'count']) names.add(`${name}_${end}`);
  }
  return names;
}

describe.skipIf(!canPlay)('one host', () => {
  let host: Host;
  let base: string;
  let redisCli: string;
  beforeAll(async () => {
    const built = await run([process.execPath, 'standalone/start.js', '--prepare']);
    expect(built.code, built.output).toBe(0);
    host = await Host.prepare(readCompose(['compose.yaml']), PORTS);
    await host.start('nests-api');
    await host.start('relay');
    base = `http://localhost:${host.port('nests-api', 5544)}`;
    redisCli = `redis-cli -p ${host.port('redis', 6379)}`;
  }, 5 * MINUTE);
  afterAll(() => host.stop());

  it('is healthy in production, with the web app at its root', async () => {
    expect(await (await fetch(`${base}/health`)).json()).toMatchObject({
      status: 'healthy',
      livekit: `ws://127.0.0.1:${host.port('livekit', 7880)}`,
    });
    expect((await fetch(`${base}/`)).headers.get('content-type')).toContain('text/html');
    expect((await fetch(`${base}/debug/test-token`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`)).status).toBe(404);
  });

  it(
    'passes the test of the restart route',
    async () => {
      const { code, output } = await script('test-restart-endpoint.sh', base);
      expect(output).toContain(', 0 failed');
      expect(code).toBe(0);
    },
    MINUTE,
  );

  it(
    'passes the test of a lost nest, whose record is really deleted',
    async () => {
      const { code, output } = await script('test-restart-recovery.sh', base, { REDIS_CLI: redisCli });
      expect(output).toContain('✅ its record is deleted from Redis');
      expect(output).toContain(', 0 failed');
      expect(code).toBe(0);
    },
    MINUTE,
  );

  it('shows an operator the records in Redis: one key a nest, each readable JSON', async () => {
    const keys = (await run([...redisCli.split(' '), 'keys', 'nest:*'])).output.trim().split('\n');
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const key of keys) {
      expect(key).toMatch(/^nest:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const { output } = await run([...redisCli.split(' '), 'get', key]);
      expect(JSON.parse(output)).toMatchObject({
        id: key.slice('nest:'.length),
        host: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        relays: [expect.stringMatching(/^wss:/) as string],
        hls_stream: false,
        status: 'ended',
        rev: expect.any(Number) as number,
      });
    }
  });

  it('names creations, store operations and LiveKit calls in its log, and no secret', () => {
    const log = host.output('nests-api');
    // The last line may be half written.
    const lines = log
      .slice(0, log.lastIndexOf('\n'))
      .split('\n')
      .filter((line) => line !== '');
    const said = lines.map((line) => JSON.parse(line) as { msg: string; call?: string; nestId?: string });
    expect(said.some(({ msg, nestId }) => msg === 'Created a nest' && nestId !== undefined)).toBe(true);
    const calls = (name: string) => new Set(said.filter(({ msg }) => msg === name).map(({ call }) => call));
    expect([...calls('Store call')]).toEqual(expect.arrayContaining(['put', 'claimSuccessor']));
    expect([...calls('LiveKit call')]).toEqual(expect.arrayContaining(['createRoom', 'deleteRoom']));
    expect(log).toMatch(/Neither Redis nor LiveKit has room [0-9a-f-]{36}/);
    for (const secret of ['nests_secret', 'livekit_secret']) {
      expect(host.secret(secret).length).toBeGreaterThanOrEqual(32);
      for (const service of ['nests-api', 'relay', 'livekit', 'redis'])
        expect(host.output(service)).not.toContain(host.secret(secret));
    }
    expect(log).not.toMatch(/eyJ[\w-]+\.eyJ|"Nostr |"Bearer /);
  });

  it('lets an operator save all nests while it runs, and bring back one that was lost', async () => {
    const file = path.join(host.folder, 'nests.ndjson');
    const store = (words: string) =>
      run(['bash', '-c', `node api/dist/cli.js store ${words} "$FILE"`], {
        ...host.environment('nests-api'),
        FILE: file,
      });
    const saved = await store('export >');
    expect(saved).toMatchObject({
      code: 0,
      output: expect.stringMatching(/nests: [1-9]\d* nests exported/) as string,
    });
    const { id } = JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '') as { id: string };
    const redis = (...words: string[]) => run([...redisCli.split(' '), ...words, `nest:${id}`]);
    const before = await redis('get');
    await redis('del');
    const restored = await store('import <');
    expect(restored).toMatchObject({
      code: 0,
      output: expect.stringContaining('nests: 1 nests imported') as string,
    });
    expect(await redis('get')).toEqual(before);
  });

  it('keeps out a key that an operator writes into the blocklist, without a restart', async () => {
    const key = { NESTS_KEY_FILE: path.join(host.folder, 'key') };
    const url = `${base}/api/v1/nests/${randomUUID()}`;
    const ask = async (): Promise<{ status: number; authorization: string }> => {
      const signed = await run([process.execPath, 'api/dist/cli.js', 'auth', 'GET', url], key);
      const authorization = signed.output.trim();
      return { status: (await fetch(url, { headers: { authorization } })).status, authorization };
    };
    const { status, authorization } = await ask();
    expect(status).toBe(404);
    const event = Buffer.from(authorization.replace('Nostr ', ''), 'base64').toString();
    const { pubkey } = JSON.parse(event) as { pubkey: string };
    appendFileSync(path.join(host.folder, 'deploy/secrets/blocklist/keys'), `${pubkey}\n`);
    await vi.waitFor(async () => expect((await ask()).status).toBe(403), {
      timeout: MINUTE / 2,
      interval: 200,
    });
  });

  it('is measured on ports that nobody outside reaches: the API and LiveKit', async () => {
    const ours = await fetch(`http://127.0.0.1:${host.port('nests-api', 9464)}/metrics`);
    expect(await ours.text()).toContain(
      'nests_livekit_call_duration_seconds_count{call="createRoom",outcome="ok"}',
    );
    const livekits = await fetch(`http://127.0.0.1:${host.port('livekit', 6789)}/metrics`);
    expect(await livekits.text()).toContain('livekit_room_total');
  });

  it('exports every metric that the dashboard and the alerts name', async () => {
    const [ours, livekits] = await Promise.all(
      [host.port('nests-api', 9464), host.port('livekit', 6789)].map(async (port) =>
        (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      ),
    );
    const exported = exportedBy(`${ours}\n${livekits}`);
    const asked = expressions();
    expect(asked.length).toBeGreaterThan(30);
    for (const expression of asked) {
      for (const name of namesIn(expression)) expect(exported, expression).toContain(name);
      for (const [, route = ''] of expression.matchAll(/route="([^"]*)"/g))
        expect(ours, expression).toContain(`route="${route}"`);
    }
    // The check itself can fail.
    expect(exported).not.toContain('nests_nothing');
    expect(namesIn('sum by (call) (rate(nests_nothing{x="process_y"}[5m]))')).toEqual(['nests_nothing']);
  });
});

describe.skipIf(!canPlay || !hasProgram('caddy'))('many nodes', () => {
  let host: Host;
  let base: string;
  beforeAll(async () => {
    host = await Host.prepare(readCompose(['compose.yaml', 'compose.many.yaml']), MANY_PORTS);
    for (const service of ['livekit-2', 'nests-api', 'nests-api-2']) await host.start(service);
    base = `http://localhost:${host.port('proxy', 5544)}`;
  }, 2 * MINUTE);
  afterAll(() => host.stop());

  it(
    'pass the test of the restart route through the proxy',
    async () => {
      const { code, output } = await script('test-restart-endpoint.sh', base);
      expect(output).toContain(', 0 failed');
      expect(code).toBe(0);
    },
    MINUTE,
  );

  it('share the work', async () => {
    const served = async (replica: string): Promise<boolean> => {
      const text = await (await fetch(`http://127.0.0.1:${host.port(replica, 9464)}/metrics`)).text();
      return /^nests_http_request_duration_seconds_count\{.*route="\/api\/v1\/nests".*\} [1-9]/m.test(text);
    };
    await vi.waitFor(
      async () => {
        await (await fetch(`${base}/api/v1/nests`)).text();
        expect([await served('nests-api'), await served('nests-api-2')]).toEqual([true, true]);
      },
      { timeout: MINUTE / 2, interval: 50 },
    );
  });

  it('pass on what happens to a nest as it happens', async () => {
    const url = `${base}/api/v1/nests`;
    const body = '{"relays":["wss://relay.example.com"],"hls_stream":false}';
    const auth = [process.execPath, 'api/dist/cli.js', 'auth', 'PUT', url, body];
    const { output } = await run(auth, { NESTS_KEY_FILE: path.join(host.folder, 'key') });
    const headers = { authorization: output.trim(), 'content-type': 'application/json' };
    const made = (await (await fetch(url, { method: 'PUT', headers, body })).json()) as { roomId: string };
    // Browsers ask for compression; a proxy that compresses would keep the event back.
    const stream = await fetch(`${url}/${made.roomId}/events`, { headers: { 'accept-encoding': 'gzip' } });
    let text = '';
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes('event: state')) break;
    }
    expect(text).toContain('"status":"active"');
  });

  it(
    'go on when a replica and a node of LiveKit die',
    async () => {
      await host.kill('nests-api');
      await host.kill('livekit');
      const redis = { REDIS_CLI: `redis-cli -p ${host.port('redis', 6379)}` };
      // LiveKit believes for some seconds that the node is there, and may choose it for a new room.
      await vi.waitFor(
        async () => {
          const { output } = await script('test-restart-recovery.sh', base, redis);
          expect(output).toContain(', 0 failed');
        },
        { timeout: MINUTE, interval: 1000 },
      );
    },
    2 * MINUTE,
  );
});
