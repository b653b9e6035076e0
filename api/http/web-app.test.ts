import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeNaddr } from '@nests/protocol/address';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestApi, type TestApi } from './testing.ts';

const html = { accept: 'text/html,application/xhtml+xml' };
let base: string;
let dir: string;
let api: TestApi;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'nests-web-'));
  dir = path.join(base, 'web');
  mkdirSync(path.join(dir, 'assets'), { recursive: true });
  writeFileSync(
    path.join(dir, 'index.html'),
    '<head><script type="application/json" id="nests-settings"></script></head>',
  );
  writeFileSync(path.join(dir, 'assets', 'app-1a2b.js'), 'let it = 1;');
  writeFileSync(path.join(dir, 'mark.svg'), '<svg/>');
});
afterEach(async () => {
  await api.app.close();
  rmSync(base, { recursive: true });
});
const start = (env: Record<string, string> = {}): TestApi =>
  (api = makeTestApi({ env: { NESTS_WEB_DIR: dir, ...env } }));

describe('the web app', () => {
  it('is the same page at each of its addresses, with the server’s settings in it', async () => {
    start({ NESTS_RELAYS: 'wss://relay.example/</script>' });
    for (const at of [
      '/',
      '/create',
      '/settings',
      '/diagnostics',
      '/nest/some-id',
      '/n/anna@nests.example',
      '/p/npub1x',
      '/index.html',
    ]) {
      const reply = await api.ask('GET', at, { headers: html });
      expect(reply.status, at).toBe(200);
      expect(reply.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
      const settings = /id="nests-settings">(.*?)<\/script>/.exec(reply.text)?.[1] ?? '';
      expect(JSON.parse(settings)).toEqual({
        relays: ['wss://relay.example/</script>'],
        publicUrl: 'http://localhost:5544',
        version: '1.0.0',
        debug: true,
      });
    }
    expect((await api.ask('HEAD', '/')).status).toBe(200);
  });

  it('runs no script but its own, and may use the microphone', async () => {
    start();
    const { headers } = await api.ask('GET', '/', { headers: html });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self' https: wss: http: ws:;");
    expect(headers['permissions-policy']).toContain('microphone=(self)');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('talks to nobody in the clear where people reach it by https', async () => {
    start({ NESTS_PUBLIC_URL: 'https://nests.example', LIVEKIT_PUBLIC_URL: 'wss://l.example' });
    const { headers } = await api.ask('GET', '/', { headers: html });
    expect(headers['content-security-policy']).toContain("connect-src 'self' https: wss:;");
  });

  it('keeps hashed assets for ever and asks again for the rest', async () => {
    start();
    const asset = await api.ask('GET', '/assets/app-1a2b.js');
    expect(asset).toMatchObject({ status: 200, text: 'let it = 1;' });
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const mark = await api.ask('GET', '/mark.svg');
    expect(mark.headers['cache-control']).toBe('no-cache');
    expect(
      (await api.ask('GET', '/mark.svg', { headers: { 'if-none-match': String(mark.headers['etag']) } }))
        .status,
    ).toBe(304);
  });

  it('shows its own "not found" to browsers, and JSON to programs', async () => {
    start();
    expect(await api.ask('GET', '/nowhere', { headers: html })).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    expect(await api.ask('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await api.ask('GET', '/assets/gone.js')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect(await api.ask('GET', '/api/v1/nowhere', { headers: html })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('gives away no file beside its folder', async () => {
    start();
    writeFileSync(path.join(base, 'nests-secret.txt'), 'secret');
    for (const at of [
      '/../nests-secret.txt',
      '/..%2fnests-secret.txt',
      '/assets/..%2f..%2fnests-secret.txt',
      '/%2e%2e/nests-secret.txt',
    ]) {
      const reply = await api.ask('GET', at);
      expect(reply.status, at).toBeGreaterThanOrEqual(400);
      expect(reply.text).not.toBe('secret');
    }
  });

  it('leads old addresses to the nest', async () => {
    start();
    const naddr = encodeNaddr({ host: 'a'.repeat(64), d: 'n1' });
    expect(await api.ask('GET', `/${naddr}`, { headers: html })).toMatchObject({
      status: 301,
      headers: { location: `/nest/${naddr}` },
    });
    expect((await api.ask('GET', '/naddr1broken', { headers: html })).status).toBe(404);
  });

  it('says so when it is not built, and is there as soon as it is', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'nests-web-'));
    start({ NESTS_WEB_DIR: empty });
    const reply = await api.ask('GET', '/', { headers: html });
    expect(reply.status).toBe(503);
    expect(reply.text).toContain('The web app is not built yet');
    writeFileSync(path.join(empty, 'index.html'), '<p>built</p>');
    expect(await api.ask('GET', '/', { headers: html })).toMatchObject({ status: 200, text: '<p>built</p>' });
  });
});

describe('any web page', () => {
  it('may ask, without credentials of the browser', async () => {
    start();
    const origin = { origin: 'https://other.example' };
    const preflight = await api.ask('OPTIONS', '/api/v1/nests/n1/permissions', {
      headers: {
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('PUT') as string,
      'access-control-allow-headers': expect.stringContaining('Authorization') as string,
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
    for (const at of ['/health', '/api/v1/nests/n1/info', '/api/v1/nowhere']) {
      const reply = await api.ask('GET', at, { headers: origin });
      expect(reply.headers['access-control-allow-origin'], at).toBe('*');
      expect(reply.headers['access-control-expose-headers']).toContain('Retry-After');
    }
  });

  it('finds the contract as OpenAPI and as a page without scripts', async () => {
    start();
    const { body } = await api.ask('GET', '/api/v1/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, { responses: Record<string, unknown> }>>;
    expect(body['openapi']).toBe('3.1.0');
    expect(Object.keys(paths['/api/v1/nests/{id}'] ?? {}).sort()).toEqual(['delete', 'get', 'patch']);
    expect(Object.keys(paths['/api/v1/nests/{id}/restart']?.['post']?.responses ?? {})).toContain('403');
    expect(Object.keys(paths)).not.toContain('/docs');
    const page = await api.ask('GET', '/docs', { headers: html });
    expect(page.text).toContain('/api/v1/nests/{id}/permissions');
    expect(page.text).not.toContain('<script');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });
});
