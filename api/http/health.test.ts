import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Health } from '@nests/protocol/api';
import { makeTestApi, memoryCounters, type TestApi } from './testing.ts';

let api: TestApi;
let pings: number;
let storePing: () => Promise<void>;
let mediaPing: () => Promise<void>;
beforeEach(() => {
  pings = 0;
  storePing = async () => undefined;
  mediaPing = async () => undefined;
  const counted = async (ping: () => Promise<void>): Promise<void> => {
    pings++;
    return ping();
  };
  api = makeTestApi({
    parts: {
      store: { ...memoryCounters(), ping: () => counted(() => storePing()) },
      media: { ping: () => counted(() => mediaPing()) },
    },
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await api.app.close();
});

it('is healthy while everything answers', async () => {
  const reply = await api.ask('GET', '/health');
  expect(reply.status).toBe(200);
  expect(Health.parse(reply.body)).toEqual({
    status: 'healthy',
    timestamp: new Date(api.now).toISOString(),
    version: '1.0.0',
    livekit: 'ws://127.0.0.1:7880',
    checks: { store: { ok: true }, livekit: { ok: true } },
  });
  expect((await api.ask('GET', '/ready')).status).toBe(200);
  expect((await api.ask('HEAD', '/health')).status).toBe(200);
});

it('is degraded, still 200, when a part is down, and not ready; it does not name inner addresses', async () => {
  mediaPing = async () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:7880'));
  const reply = await api.ask('GET', '/health');
  expect(reply).toMatchObject({
    status: 200,
    body: {
      status: 'degraded',
      checks: { store: { ok: true }, livekit: { ok: false, message: 'cannot be reached' } },
    },
  });
  expect(reply.text).not.toContain('10.0.0.7');
  expect(await api.ask('GET', '/ready')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '2' },
    body: { status: 'degraded' },
  });
});

it('is not ready while the store recovers its state', async () => {
  await api.app.close();
  api = makeTestApi({ parts: { store: { ...memoryCounters(), epoch: async () => undefined } } });
  expect(await api.ask('GET', '/ready')).toMatchObject({
    status: 503,
    body: { checks: { store: { ok: false, message: 'is recovering its state' } } },
  });
});

it('never waits longer than a second for a part that hangs', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  storePing = () => new Promise(() => undefined);
  const asked = api.ask('GET', '/health');
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 10_000 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(await asked).toMatchObject({
    status: 200,
    body: { status: 'degraded', checks: { store: { message: 'no answer within a second' } } },
  });
});

it('asks the parts at most once in two seconds, however often it is asked', async () => {
  await Promise.all([api.ask('GET', '/health'), api.ask('GET', '/ready'), api.ask('GET', '/health')]);
  await api.ask('GET', '/health');
  expect(pings).toBe(2);
  api.now += 2001;
  await api.ask('GET', '/health');
  expect(pings).toBe(4);
});
