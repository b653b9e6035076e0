import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../api/free-port-for-tests.ts';
import { ROOT } from './testing/compose.ts';
import { hasProgram, livekitProgram, run } from './testing/host.ts';

const MINUTE = 60_000;
const PORTS = ['PORT', 'RELAY_PORT', 'LIVEKIT_PORT', 'LIVEKIT_UDP_PORT', 'LIVEKIT_TCP_PORT'];
const canStart = livekitProgram() !== null && ['bash', 'curl'].every(hasProgram);

/** Resolves with the address of the ready line. */
async function untilReady(child: ChildProcess): Promise<string> {
  if (!child.stdout || !child.stderr) throw new Error('its output is read');
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const [, base] = /^Nests is ready: (\S+)$/.exec(line) ?? [];
    if (base === undefined) continue;
    child.stdout.resume(); // what it says later is of no interest, but must go somewhere
    return base;
  }
  throw new Error(`it was never ready:\n${said.slice(-40).join('\n')}`);
}

describe.skipIf(!canStart)('a plain `npm start`', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'nests-start-'));
  let child: ChildProcess;
  let base: string;
  beforeAll(async () => {
    const ports: Record<string, string> = {};
    for (const name of PORTS) ports[name] = String(await freePort());
    child = spawn(process.execPath, ['standalone/start.js', '--data', data], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: undefined, ...ports },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    base = await untilReady(child);
  }, 5 * MINUTE);
  afterAll(async () => {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGINT')) await ended;
    rmSync(data, { recursive: true, force: true });
  });

  it.each(['test-restart-endpoint.sh', 'test-restart-recovery.sh'])(
    'passes scripts/%s, without Redis',
    async (name) => {
      const { code, output } = await run(['bash', path.join(ROOT, 'scripts', name), base]);
      expect(output).toMatch(/^\d+ passed, 0 failed$/m);
      expect(code).toBe(0);
    },
    MINUTE,
  );

  it('is told apart from what does not answer: the scripts fail, and say what they saw', async () => {
    const nobody = `http://localhost:${await freePort()}`;
    const { code, output } = await run(['bash', path.join(ROOT, 'scripts/test-restart-endpoint.sh'), nobody]);
    expect(output).toContain('❌ the server answers and is healthy');
    expect(output).toMatch(/[1-9]\d* failed$/m);
    expect(code).toBe(1);
  });

  it('is told apart from what says yes to everything: without a nest there is nothing to test', async () => {
    const yes = createServer((_request, response) => response.end('{"status":"healthy"}'));
    await once(yes.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void yes.close());
    const { port } = yes.address() as AddressInfo;
    const { code, output } = await run([
      'bash',
      path.join(ROOT, 'scripts/test-restart-endpoint.sh'),
      `http://127.0.0.1:${port}`,
    ]);
    expect(output).toMatch(/^2 passed, 0 failed$/m);
    expect(output).not.toContain('a restart without a signature');
    expect(code).toBe(1);
  });
});
