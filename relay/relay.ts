import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Addresses } from './address.ts';
import { Backlog } from './backlog.ts';
import { Client, type Shared } from './client.ts';
import { Commits } from './commits.ts';
import { relayInformation } from './info.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { Storage } from './storage.ts';
import { Subscriptions } from './subscriptions.ts';

/** How a relay is started. */
export interface RelayOptions {
  /** 0 takes a free port. */
  port: number;
  host: string;
  /** The database file, or `:memory:`. */
  database: string;
  /** What differs from {@link DEFAULT_LIMITS}. */
  limits?: Partial<Limits>;
  /** The relay's public address; when given, clients must authenticate (NIP-42) before they read or write. */
  authUrl?: string | null;
  /** Proxies that are believed when they say for whom they ask: addresses, networks, `loopback`, `uniquelocal` … */
  trustedProxies?: string[];
  /** The clock, in milliseconds. */
  now?: () => number;
  /** Told of faults that are nobody's input, such as a full disk. */
  onError?: (error: unknown) => void;
}

/** A relay that listens. */
export interface Relay {
  port: number;
  /** `ws://host:port` */
  url: string;
  /** Stores what has been sent, says goodbye to every client, and closes the database. */
  stop(): Promise<void>;
}

/**
 * Starts a relay and resolves when it listens.
 * @throws when the port is taken, the database cannot be opened, or an address makes no sense
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const onError = options.onError ?? (() => undefined);
  const authUrl = options.authUrl ?? null;
  if (authUrl !== null && !URL.canParse(authUrl)) throw new Error(`the public address ${authUrl} is no URL`);
  const addresses = new Addresses(options.trustedProxies ?? []);
  const storage = open(options.database);
  const shared: Shared = {
    storage,
    commits: new Commits(storage, limits.commitDelayMs, limits.commitEvents, onError),
    subscriptions: new Subscriptions(),
    backlog: new Backlog(limits.backlogBytes),
    limits,
    authUrl,
    now: options.now ?? Date.now,
  };
  const http = createServer((request, response) => {
    answerHttp(request, response, shared);
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    clientTracking: true,
  });
  sockets.on('connection', (socket) => welcome(socket, shared, onError));
  const perAddress = new Map<string, number>();
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const forwardedFor = request.headers['x-forwarded-for'];
    const address = addresses.countedAs(request.socket.remoteAddress ?? '', forwardedFor?.toString());
    const here = address === null ? 0 : (perAddress.get(address) ?? 0);
    if (sockets.clients.size >= limits.connections) socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    else if (here >= limits.connectionsPerAddress) socket.end('HTTP/1.1 429 Too Many Requests\r\n\r\n');
    else {
      sockets.handleUpgrade(request, socket, head, (ws) => {
        if (address !== null) count(perAddress, address, ws);
        sockets.emit('connection', ws, request);
      });
    }
  });
  const heartbeat = setInterval(() => {
    pingAll(sockets);
    tidy(shared, onError);
  }, limits.heartbeatMs);
  try {
    await listen(http, options.port, options.host);
  } catch (error) {
    clearInterval(heartbeat);
    storage.close();
    throw error;
  }
  const { port } = http.address() as AddressInfo;
  return {
    port,
    url: `ws://${options.host}:${port}`,
    stop: async () => {
      clearInterval(heartbeat);
      shared.commits.flush();
      await closeAll(http, sockets);
      shared.commits.flush();
      storage.close();
    },
  };
}

/** Opens the database; a failure names the file. */
function open(path: string): Storage {
  try {
    return new Storage(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the database ${path} cannot be opened: ${why}`, { cause: error });
  }
}

/** Counts a connection as long as it is open. */
function count(perAddress: Map<string, number>, address: string, socket: WebSocket): void {
  perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
  socket.once('close', () => {
    const left = (perAddress.get(address) ?? 0) - 1;
    if (left > 0) perAddress.set(address, left);
    else perAddress.delete(address);
  });
}

function welcome(socket: WebSocket, shared: Shared, onError: (error: unknown) => void): void {
  const client = new Client(socket, shared);
  socket.on('message', (data, isBinary) => {
    try {
      if (isBinary) client.refuseBinary();
      else client.receive(textOf(data));
    } catch (error) {
      // A fault of ours, not of the input: this client is sent away, everybody else stays.
      onError(error);
      socket.close(1011);
    }
  });
  socket.on('close', () => client.leave());
  // Broken frames and over-long messages: ws closes the connection by itself.
  socket.on('error', () => undefined);
  alive.add(socket);
  socket.on('pong', () => alive.add(socket));
}

/** Who has answered since the last ping. */
const alive = new WeakSet<WebSocket>();

function pingAll(sockets: WebSocketServer): void {
  for (const socket of sockets.clients) {
    // A paused socket cannot hear its pong; it is dropped by how much waits for it, and by the next round.
    if (!alive.delete(socket)) socket.terminate();
    else socket.ping();
  }
}

function tidy({ storage, now }: Shared, onError: (error: unknown) => void): void {
  try {
    storage.removeExpired(Math.floor(now() / 1000));
  } catch (error) {
    onError(error);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  { limits, authUrl, commits }: Shared,
): void {
  const path = (request.url ?? '/').split('?', 1)[0];
  const answer = (status: number, type: string, body: string): void => {
    response.writeHead(status, {
      'content-type': type,
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (request.method === 'OPTIONS') answer(204, 'text/plain', '');
  else if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'text/plain', 'Only GET\n');
  else if (path === '/health' && commits.failing) {
    answer(503, 'application/json', '{"status":"degraded","message":"the disk refuses events"}');
  } else if (path === '/health') answer(200, 'application/json', '{"status":"healthy"}');
  else if (path !== '/') answer(404, 'text/plain', 'Nothing here\n');
  else if (request.headers.accept?.includes('application/nostr+json')) {
    answer(200, 'application/nostr+json', JSON.stringify(relayInformation(limits, authUrl !== null)));
  } else answer(200, 'text/plain', 'A Nostr relay. Please connect with a Nostr client.\n');
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
}

/** Closes politely (1001, going away); whoever has not answered after a second is cut off. */
async function closeAll(http: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  for (const socket of sockets.clients) socket.close(1001);
  http.closeIdleConnections();
  const impatience = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
  }, 1000);
  await closed;
  clearTimeout(impatience);
}
