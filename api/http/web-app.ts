import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { decodeNaddr } from '@nests/protocol/address';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import type { App, Parts } from './parts.ts';

/** The addresses of the web app (CONTRACT §9); all of them are the same page. */
const PAGES = [
  '/',
  '/create',
  '/settings',
  '/diagnostics',
  '/nest/:id',
  '/n/:name',
  '/p/:npub',
  '/index.html',
];

const SETTINGS_BLOCK = '<script type="application/json" id="nests-settings"></script>';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Nests</title>
<body style="font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem">
<h1>The web app is not built yet</h1><p>The API is running. <code>npm start</code> builds the web app and starts everything;
<code>npm run build -w web</code> builds it alone.</p></html>`;

/** Sends the web app's page to somebody who asked for a page that does not exist; the app says so itself. */
export type SendPage = (
  request: FastifyRequest,
  reply: FastifyReply,
  status: 200 | 404,
) => Promise<FastifyReply>;

/** What pages may do: run our own code, talk to any relay, play and record sound; nothing else. */
function pagePolicy(config: Pick<Config, 'publicUrls'>): string {
  const plain = config.publicUrls.some((url) => url.startsWith('http:')) ? ' http: ws:' : '';
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'", // the scroll lock of dialogs writes a style element
    "font-src 'self'",
    `img-src 'self' https: data: blob:`,
    "media-src 'self' https: blob: mediastream:",
    `connect-src 'self' https: wss:${plain}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Serves the built web app: hashed assets for ever, the page itself always asked for anew, with this server's settings in
 * it. Old addresses of deployed clients (`/<naddr>`) lead to the nest.
 */
export function webAppRoutes(app: App, { config }: Pick<Parts, 'config'>): SendPage {
  const settings = JSON.stringify({
    relays: config.relays,
    publicUrl: config.publicUrls[0],
    version: config.version,
    debug: config.debug,
  }).replaceAll('<', '\\u003c');
  const filled = SETTINGS_BLOCK.replace('></', () => `>${settings}</`);
  const headers = {
    'cache-control': 'no-cache',
    'content-security-policy': pagePolicy(config),
    'permissions-policy': 'microphone=(self), camera=(), geolocation=(), display-capture=()',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  };
  const file = path.join(config.webDir, 'index.html');
  let page: Promise<string> | undefined;
  const readPage = (): Promise<string> => {
    if (page !== undefined && config.production) return page;
    page = readFile(file, 'utf8').then((html) => html.replace(SETTINGS_BLOCK, () => filled));
    page.catch(() => (page = undefined));
    return page;
  };

  const sendPage: SendPage = async (_request, reply, status) => {
    const html = await readPage().catch(() => null);
    reply.type('text/html; charset=utf-8').headers(headers);
    return html === null ? reply.code(503).send(NOT_BUILT) : reply.code(status).send(html);
  };

  for (const url of PAGES) {
    app.get(url, { exposeHeadRoute: true, schema: { hide: true } }, (request, reply) =>
      sendPage(request, reply, 200),
    );
  }

  app.get<{ Params: { naddr: string } }>(
    '/:naddr(^naddr1[a-z0-9]+$)',
    { schema: { hide: true } },
    async (request, reply) => {
      const { naddr } = request.params;
      if (decodeNaddr(naddr) === null) return sendPage(request, reply, 404);
      return reply.redirect(`/nest/${naddr}`, 301);
    },
  );

  void app.register(fastifyStatic, {
    root: config.webDir,
    index: false,
    schemaHide: true,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, filePath) {
      const hashed = filePath.includes(`${path.sep}assets${path.sep}`);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return sendPage;
}
