import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { serveMetrics } from './metrics.ts';
import { makeTestApi } from './testing.ts';

it('counts requests by route and status, never by nest, and how long they took', async () => {
  const api = makeTestApi();
  for (const id of ['a', 'b', 'c']) await api.ask('GET', `/api/v1/nests/${id}/info`);
  await api.ask('GET', '/health');
  await api.ask('GET', '/nowhere/secret-name');
  const { text, headers } = await api.ask('GET', '/metrics');
  expect(headers['content-type']).toContain('text/plain');
  expect(text).toContain(
    'nests_http_requests_total{method="GET",route="/api/v1/nests/:id/info",status="404"} 3',
  );
  expect(text).toContain('nests_http_requests_total{method="GET",route="/health",status="200"} 1');
  expect(text).toContain(
    'nests_http_request_duration_seconds_count{method="GET",route="/api/v1/nests/:id/info"} 3',
  );
  expect(text).toMatch(/nests_http_request_duration_seconds_bucket\{.*route="\/health",le="\+Inf"\} 1/);
  expect(text).toContain('nests_event_streams 0');
  expect(text).toContain('nests_build_info{version="1.0.0"} 1');
  expect(text).not.toContain('secret-name');
  for (const line of text.trim().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  await api.app.close();
});

it('is not for everybody in production', async () => {
  const api = makeTestApi({ env: { NODE_ENV: 'production' } });
  expect(await api.ask('GET', '/metrics')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  await api.app.close();
});

it('is served on a port of its own', async () => {
  const api = makeTestApi();
  const server = await serveMetrics(api.parts.metrics, { port: 0, host: '127.0.0.1' });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await (await fetch(`${origin}/metrics`)).text()).toContain('nests_build_info');
  expect((await fetch(`${origin}/`)).status).toBe(404);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await api.app.close();
});
