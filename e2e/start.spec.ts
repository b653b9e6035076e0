import { existsSync, readdirSync } from 'node:fs';
import { Health } from '@nests/protocol/api';
import { expect, test } from '@playwright/test';
import { call, Keyholder } from './support/keyholder.ts';
import { CHROMIUM } from './support/person.ts';
import { Stack, stackForThisFile } from './support/stack.ts';
import { chromium } from '@playwright/test';

const stack = stackForThisFile();

test('from an empty folder, one command ends in one ready line', () => {
  const { output, url, ports } = stack();
  expect(url).toBe(`http://localhost:${ports.PORT}`);
  expect(output.filter((line) => line.startsWith('Nests is ready:'))).toEqual([`Nests is ready: ${url}`]);
});

test('/health has the body of the contract', async () => {
  const { status, body } = await call('GET', `${stack().url}/health`);
  expect(status).toBe(200);
  const health = Health.parse(body);
  expect(Object.keys(body ?? {}).sort()).toEqual(['checks', 'livekit', 'status', 'timestamp', 'version']);
  expect(health.status).toBe('healthy');
  expect(Math.abs(Date.parse(health.timestamp) - Date.now())).toBeLessThan(60_000);
  expect(health.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(health.livekit).toContain(`:${stack().ports.LIVEKIT_PORT}`);
  expect(Object.values(health.checks).every(({ ok }) => ok)).toBe(true);
});

test('web app and API share the origin, and the page obeys its own security policy', async () => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const response = await page.goto(stack().url);
    expect(response?.headers()['content-security-policy']).toContain("script-src 'self'");
    await expect(
      page
        .getByRole('link', { name: 'Create nest' })
        .or(page.getByRole('button', { name: 'Create nest' }))
        .first(),
    ).toBeVisible();
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('Ctrl-C leaves no process, and the next start finds the nests of the last one', async () => {
  const first = await Stack.start();
  try {
    const pids = (['livekit', 'relay', 'api'] as const).map((part) => first.pid(part)!);
    const host = new Keyholder();
    const created = await host.request('PUT', `${first.url}/api/v1/nests`, {
      relays: [first.relayUrl],
      hls_stream: false,
    });
    expect(created.status).toBe(200);
    expect(await first.interrupt()).toBe(0);
    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(readdirSync(`${first.data}/run`).filter((file) => file.endsWith('.pid'))).toEqual([]);

    const second = await Stack.start({ data: first.data });
    try {
      const info = await call('GET', `${second.url}/api/v1/nests/${String(created.body?.['roomId'])}/info`);
      expect(info.body).toMatchObject({ host: host.pubkey, status: 'active' });
    } finally {
      await second.interrupt();
    }
  } finally {
    await first.stop();
  }
});
