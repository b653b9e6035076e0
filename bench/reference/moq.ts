/**
 * The second reference of the benchmark: a small server that lets people in the way the services before a MoQ relay do (Hono,
 * signatures checked by nostr-tools, a JWT with ES256 by jose, nothing looked up, a line on the console a request). One signed event
 * checked, one token out: the same work as a signed join. It is measured beside Nests in one run; nothing else uses it.
 */
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { generateKeyPair, SignJWT } from 'jose';
import { authorOf } from './http-auth.ts';

const TOKEN_S = 600;
const port = Number(process.env['PORT']);
const { privateKey } = await generateKeyPair('ES256');
const app = new Hono();

app.use(async (context, next) => {
  const started = performance.now();
  await next();
  const { method, path } = context.req;
  console.log(`${method} ${path} ${context.res.status} ${(performance.now() - started).toFixed(1)} ms`);
});

app.get('/api/v1/nests/:id', async (context) => {
  const { method, path } = context.req;
  const url = `http://localhost:${port}${path}`;
  const author = authorOf({ authorization: context.req.header('authorization'), url, method });
  if ('problem' in author) return context.json({ error: author.problem }, 401);
  const root = `nests/${context.req.param('id')}`;
  const token = await new SignJWT({ root, get: '', put: author.pubkey })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .setSubject(author.pubkey)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_S}s`)
    .sign(privateKey);
  return context.json({ token });
});

const server: ServerType = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
process.once('SIGTERM', () => {
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
});
