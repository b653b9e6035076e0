import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaUnavailable } from '../nests/ports.ts';
import { serveMetrics } from './metrics.ts';
import { makePerson, makeTestApi, type TestApi } from './testing.ts';

const TOKEN = 'a-token-of-thirty-two-characters!';
const NESTS = '/api/v1/nests';
let api: TestApi;
afterEach(() => api.app.close());

describe('what is counted', () => {
  it('is requests by route and status, never by nest, and how long they took', async () => {
    api = makeTestApi();
    for (const id of ['a', 'b', 'c']) await api.ask('GET', `${NESTS}/${id}/info`);
    await api.ask('GET', '/health');
    await api.ask('GET', '/nowhere/secret-name');
    const { text, headers } = await api.ask('GET', '/metrics');
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    const info = 'method="GET",route="/api/v1/nests/:id/info"';
    expect(text).toContain(`nests_http_requests_total{${info},status="404"} 3`);
    expect(text).toContain('nests_http_requests_total{method="GET",route="/health",status="200"} 1');
    expect(text).toContain('nests_http_requests_total{method="GET",route="unknown",status="404"} 1');
    expect(text).toContain(`nests_http_request_duration_seconds_count{${info}} 3`);
    expect(text).toMatch(/nests_http_request_duration_seconds_bucket\{.*route="\/health",le="\+Inf"\} 1/);
    expect(text).toContain('nests_event_streams 0');
    expect(text).toContain('nests_build_info{version="1.0.0"} 1');
    expect(text).not.toContain('secret-name');
    for (const line of text.split('\n').filter((one) => one !== ''))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  });

  it('is who wanted in, how, and with which success', async () => {
    const entry = { roomId: 'n', generation: 1, identity: 'guest-1', pubkey: null, role: 'guest' } as const;
    api = makeTestApi({ nests: { guest: async () => ({ ...entry, token: 't', hls_stream: false }) } });
    await api.ask('GET', `${NESTS}/n/guest`);
    await api.ask('GET', `${NESTS}/n/guest`);
    await api.ask('GET', `${NESTS}/n`, { by: makePerson() });
    await api.ask('POST', `${NESTS}/n/join`, { by: makePerson(), body: {} });
    await api.ask('GET', `${NESTS}/n`);
    await api.ask('POST', `${NESTS}/n/token`, { session: 'nonsense' });
    await api.ask('PATCH', `${NESTS}/n`, { by: makePerson(), body: {} });
    const { text } = await api.ask('GET', '/metrics');
    expect(text.match(/^nests_joins_total.* [1-9]\d*$/gm)?.sort()).toEqual([
      'nests_joins_total{kind="guest",outcome="ok"} 2',
      'nests_joins_total{kind="renewal",outcome="session_invalid"} 1',
      'nests_joins_total{kind="signed",outcome="auth_missing"} 1',
      'nests_joins_total{kind="signed",outcome="room_not_found"} 2',
    ]);
  });

  it('is whether the store and LiveKit answer', async () => {
    api = makeTestApi({
      parts: { media: { ping: async () => Promise.reject(new MediaUnavailable('gone')) } },
    });
    const { text } = await api.ask('GET', '/metrics');
    expect(text).toContain('nests_part_up{part="store"} 1');
    expect(text).toContain('nests_part_up{part="livekit"} 0');
  });
});

describe('who may read it', () => {
  it('is, outside production, any program on this machine and nobody else', async () => {
    api = makeTestApi();
    expect((await api.ask('GET', '/metrics', { from: '::1' })).status).toBe(200);
    for (const from of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::127.0.0.1']) {
      expect(await api.ask('GET', '/metrics', { from })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    }
  });

  it('is nobody in production, unless there is a token', async () => {
    api = makeTestApi({ env: { NODE_ENV: 'production' } });
    expect(await api.ask('GET', '/metrics')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each(['production', 'development'])('is, with a token, whoever has it (%s)', async (mode) => {
    api = makeTestApi({ env: { NODE_ENV: mode, NESTS_METRICS_TOKEN: TOKEN } });
    const ask = (authorization?: string) =>
      api.ask('GET', '/metrics', authorization === undefined ? {} : { headers: { authorization } });
    expect(await ask()).toMatchObject({ status: 401, body: { code: 'auth_missing' } });
    expect(await ask(`Bearer ${TOKEN}x`)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await ask(`Bearer ${TOKEN}`)).toMatchObject({ status: 200 });
  });

  it('needs a token that cannot be guessed in production', () => {
    api = makeTestApi();
    expect(() => makeTestApi({ env: { NODE_ENV: 'production', NESTS_METRICS_TOKEN: 'short' } })).toThrow(
      'NESTS_METRICS_TOKEN is short',
    );
  });
});

describe('a port of its own', () => {
  const from = async (token?: string) => {
    const server = await serveMetrics(api.parts.metrics, { port: 0, host: '127.0.0.1', token });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const end = async (): Promise<void> => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    };
    return { origin, end };
  };

  it('has the metrics and nothing else, and the API has them no more', async () => {
    api = makeTestApi({ env: { NESTS_METRICS_PORT: '9464' } });
    const { origin, end } = await from();
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('nests_build_info');
    expect((await fetch(`${origin}/`)).status).toBe(404);
    expect((await api.ask('GET', '/metrics')).status).toBe(404);
    await end();
  });

  it('asks for the token where one is set', async () => {
    api = makeTestApi();
    const { origin, end } = await from(TOKEN);
    expect((await fetch(`${origin}/metrics`)).status).toBe(401);
    const authorization = `Bearer ${TOKEN}`;
    expect((await fetch(`${origin}/metrics`, { headers: { authorization } })).status).toBe(200);
    await end();
  });
});
