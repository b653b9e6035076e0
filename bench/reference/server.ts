/**
 * The reference of the benchmark: a small server that does the same job in the way the founding documents describe (Express, the
 * `redis` client, the LiveKit SDK, signatures checked by nostr-tools, winston and morgan for logging). It is measured beside Nests in
 * one run; nothing else uses it.
 */
import { createHash } from 'node:crypto';
import express, { type NextFunction, type Request, type Response } from 'express';
import { AccessToken } from 'livekit-server-sdk';
import morgan from 'morgan';
import { verifyEvent, type Event } from 'nostr-tools/pure';
import { createClient } from 'redis';
import winston from 'winston';

const { PORT, REDIS_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = process.env;
const origin = `http://localhost:${PORT ?? '0'}`;

const logger = winston.createLogger({
  level: 'info',
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston declares its own transports so
  transports: [new winston.transports.Console()],
});
const redis = createClient({ url: REDIS_URL ?? 'redis://127.0.0.1:6379' });
redis.on('error', (error: unknown) => logger.error('Redis', { error: String(error) }));
await redis.connect();

interface Room {
  host: string;
  speakers: string[];
  admins: string[];
  relays: string[];
  createdAt: number;
}

/** The signed request's author, or a sentence saying what is wrong. */
function authorOf(request: Request): { pubkey: string } | { problem: string } {
  const header = request.headers.authorization;
  if (header?.startsWith('Nostr ') !== true) return { problem: 'Missing Nostr authorization' };
  let event: Event;
  try {
    event = JSON.parse(Buffer.from(header.slice(6), 'base64').toString('utf8')) as Event;
  } catch {
    return { problem: 'Authorization is not an event' };
  }
  const tag = (name: string): string | undefined => event.tags.find(([key]) => key === name)?.[1];
  if (event.kind !== 27_235) return { problem: 'Wrong kind' };
  if (Math.abs(Date.now() / 1000 - event.created_at) > 60) return { problem: 'Too old' };
  if (tag('u') !== `${origin}${request.originalUrl}`) return { problem: 'Wrong address' };
  if (tag('method') !== request.method) return { problem: 'Wrong method' };
  const body = request.body as unknown;
  if (
    Buffer.isBuffer(body) &&
    body.length > 0 &&
    tag('payload') !== createHash('sha256').update(body).digest('hex')
  ) {
    return { problem: 'Wrong payload' };
  }
  return verifyEvent(event) ? { pubkey: event.pubkey } : { problem: 'Wrong signature' };
}

async function tokenFor(identity: string, room: string, canPublish: boolean): Promise<string> {
  const token = new AccessToken(LIVEKIT_API_KEY ?? '', LIVEKIT_API_SECRET ?? '', { identity, ttl: 600 });
  token.addGrant({ room, roomJoin: true, canSubscribe: true, canPublish });
  return token.toJwt();
}

async function roomOf(id: string): Promise<Room | null> {
  const text = await redis.get(`nest:${id}`);
  return text === null ? null : (JSON.parse(text) as Room);
}

const app = express();
app.use(morgan('combined', { stream: { write: (line) => logger.info(line.trim()) } }));
app.use(express.raw({ type: 'application/json', limit: '64kb' }));

app.put('/api/v1/nests', async (request, response) => {
  const author = authorOf(request);
  if ('problem' in author) return void response.status(401).json({ error: author.problem });
  const { relays } = JSON.parse((request.body as Buffer).toString()) as { relays: string[] };
  const roomId = crypto.randomUUID();
  const { pubkey } = author;
  const room: Room = { host: pubkey, speakers: [pubkey], admins: [pubkey], relays, createdAt: Date.now() };
  await redis.set(`nest:${roomId}`, JSON.stringify(room), { EX: 86_400 });
  logger.info('Nest created', { roomId, pubkey });
  response.json({ roomId, token: await tokenFor(pubkey, roomId, true) });
});

app.get('/api/v1/nests/:id/guest', async (request, response) => {
  const room = await roomOf(request.params.id);
  if (room === null) return void response.status(404).json({ error: 'Room not found' });
  const identity = `guest-${crypto.randomUUID()}`;
  logger.info('Guest joined', { roomId: request.params.id, identity });
  response.json({ token: await tokenFor(identity, request.params.id, false) });
});

app.get('/api/v1/nests/:id/info', async (request, response) => {
  const room = await roomOf(request.params.id);
  if (room === null) return void response.status(404).json({ error: 'Room not found' });
  response.json({ host: room.host, speakers: room.speakers, admins: room.admins });
});

app.get('/api/v1/nests/:id', async (request, response) => {
  const author = authorOf(request);
  if ('problem' in author) return void response.status(401).json({ error: author.problem });
  const room = await roomOf(request.params.id);
  if (room === null) return void response.status(404).json({ error: 'Room not found' });
  logger.info('Joined', { roomId: request.params.id, pubkey: author.pubkey });
  response.json({
    token: await tokenFor(author.pubkey, request.params.id, room.speakers.includes(author.pubkey)),
  });
});

app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
  logger.error('Request failed', { error: String(error) });
  response.status(500).json({ error: 'Internal error' });
});

const server = app.listen(Number(PORT), '127.0.0.1', () => logger.info('listening'));
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void redis.quit();
});
