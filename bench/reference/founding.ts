/**
 * The first reference of the benchmark: a small server that does the same job in the way the founding documents describe: Express with
 * security headers, CORS, a limit of requests, compression, the `redis` client, the LiveKit SDK, signatures checked by nostr-tools,
 * winston and morgan logging to files. Whether a room exists and how many are in it, it asks LiveKit for at each request. It is
 * measured beside Nests in one run; nothing else uses it.
 */
import path from 'node:path';
import compression from 'compression';
import cors from 'cors';
import express, { type NextFunction, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import morgan from 'morgan';
import { createClient } from 'redis';
import winston from 'winston';
import { authorOf } from './http-auth.ts';

const { PORT, REDIS_URL, LIVEKIT_HTTP_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET, LOG_FOLDER } = process.env;
const origin = `http://localhost:${PORT ?? '0'}`;

const logFile = (name: string, level: string): winston.transport =>
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston declares its own transports so
  new winston.transports.File({ filename: path.join(LOG_FOLDER ?? '', name), level });
const logger = winston.createLogger({
  level: 'info',
  format: winston.format.combine(
    winston.format.timestamp(),
    winston.format.errors({ stack: true }),
    winston.format.json(),
  ),
  transports: [logFile('error.log', 'error'), logFile('combined.log', 'info')],
});
const livekit = new RoomServiceClient(LIVEKIT_HTTP_URL ?? '', LIVEKIT_API_KEY, LIVEKIT_API_SECRET);
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

/** Who signed this request, or what is wrong with it. */
function authorOfRequest(request: Request): { pubkey: string } | { problem: string } {
  const body = request.body as unknown;
  return authorOf({
    authorization: request.headers.authorization,
    url: `${origin}${request.originalUrl}`,
    method: request.method,
    ...(Buffer.isBuffer(body) ? { body } : {}),
  });
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

/** Whether LiveKit has the room. */
async function isLive(id: string): Promise<boolean> {
  return (await livekit.listRooms()).some(({ name }) => name === id);
}

const app = express();
app.use(helmet({ contentSecurityPolicy: false, crossOriginEmbedderPolicy: false }));
app.use(cors({ origin: [origin], credentials: true, methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'] }));
// As many as the benchmark sends: it counts, and refuses nobody.
app.use(rateLimit({ windowMs: 900_000, limit: 1e9, standardHeaders: true, legacyHeaders: false }));
app.use(compression());
app.use(morgan('combined', { stream: { write: (line) => logger.info(line.trim()) } }));
app.use(express.raw({ type: 'application/json', limit: '64kb' }));

app.put('/api/v1/nests', async (request, response) => {
  const author = authorOfRequest(request);
  if ('problem' in author) return void response.status(401).json({ error: author.problem });
  const { relays } = JSON.parse((request.body as Buffer).toString()) as { relays: string[] };
  const roomId = crypto.randomUUID();
  const { pubkey } = author;
  const room: Room = { host: pubkey, speakers: [pubkey], admins: [pubkey], relays, createdAt: Date.now() };
  await livekit.createRoom({ name: roomId, emptyTimeout: 1800, departureTimeout: 60, maxParticipants: 500 });
  await redis.set(`nest:${roomId}`, JSON.stringify(room), { EX: 86_400 });
  logger.info('Nest created', { roomId, pubkey });
  response.json({ roomId, token: await tokenFor(pubkey, roomId, true) });
});

app.get('/api/v1/nests/:id/guest', async (request, response) => {
  if (!(await isLive(request.params.id))) return void response.status(404).json({ error: 'Room not found' });
  const identity = `guest-${crypto.randomUUID()}`;
  logger.info('Guest joined', { roomId: request.params.id, identity });
  response.json({ token: await tokenFor(identity, request.params.id, false) });
});

app.get('/api/v1/nests/:id/info', async (request, response) => {
  const room = await roomOf(request.params.id);
  if (room === null) return void response.status(404).json({ error: 'Room not found' });
  const participants = await livekit.listParticipants(request.params.id);
  response.json({
    host: room.host,
    speakers: room.speakers,
    admins: room.admins,
    participantCount: participants.length,
    createdAt: room.createdAt,
  });
});

app.get('/api/v1/nests/:id', async (request, response) => {
  const author = authorOfRequest(request);
  if ('problem' in author) return void response.status(401).json({ error: author.problem });
  const room = await roomOf(request.params.id);
  if (room === null || !(await isLive(request.params.id)))
    return void response.status(404).json({ error: 'Room not found' });
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
