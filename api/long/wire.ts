import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How long (ms) a request may go without an answer, or the end of its connection. */
const PATIENCE_MS = 20_000;
/** How long (ms) a connection that was answered may stay open; more on it would be noise. */
const AFTERWARDS_MS = 1_000;

/** An HTTP request as a proper client sends it. */
export interface Proper {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

/** Bytes on a socket, as no proper client sends them. */
export interface Raw {
  chunks: Uint8Array[];
  /** between the chunks, ms */
  pauseMs?: number;
  /** what follows: waiting for the answer; the end of what is sent; or the connection is torn down */
  then: 'wait' | 'half-close' | 'cut';
}

export type Shot = Proper | Raw;

/** What came of it. */
export interface Outcome {
  /** every status on the connection, in order; none when it was closed without a word */
  statuses: number[];
  /** the `code` of the last error body */
  code?: string | undefined;
  text: string;
  /** nothing happened in time */
  hangs: boolean;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends one request to the API on this machine's `port`, and sees what comes of it. Never throws. */
export async function send(port: number, shot: Shot): Promise<Outcome> {
  return 'chunks' in shot ? sendRaw(port, shot) : sendProper(port, shot);
}

/** Ends the connections that are kept for the next request. */
export function hangUp(): void {
  agent.destroy();
}

function sendProper(port: number, shot: Proper): Promise<Outcome> {
  const { method, path, headers = {}, body } = shot;
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => (text += chunk));
      reply.on('close', () => finish([reply.statusCode ?? 0], text));
      reply.on('error', () => undefined);
    });
    const timer = setTimeout(() => {
      finish([], '', true);
      sent.destroy();
    }, PATIENCE_MS);
    const finish = (statuses: number[], text: string, hangs = false): void => {
      clearTimeout(timer);
      resolve({ statuses, text, hangs, code: codeIn(text) });
    };
    sent.on('error', () => {
      // The server may close a kept connection in the moment it is used again; then nobody has seen the request.
      if (!sent.reusedSocket) {
        finish([], '');
        return;
      }
      clearTimeout(timer);
      resolve(sendProper(port, shot));
    });
    sent.end(body);
  });
}

async function sendRaw(port: number, { chunks, pauseMs = 0, then }: Raw): Promise<Outcome> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const outcome = read(socket);
  for (const chunk of chunks) {
    if (socket.destroyed) break;
    socket.write(chunk);
    if (pauseMs > 0) await pause(pauseMs);
  }
  if (then === 'half-close') socket.end();
  if (then === 'cut') {
    await pause(0);
    socket.resetAndDestroy();
  }
  return outcome;
}

/** Everything a socket says until it is closed. */
export function read(socket: Socket, patienceMs = PATIENCE_MS): Promise<Outcome> {
  return new Promise((resolve) => {
    let text = '';
    let hangs = false;
    let afterwards: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      hangs = true;
      socket.destroy();
    }, patienceMs);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      afterwards ??= setTimeout(() => socket.destroy(), AFTERWARDS_MS);
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(afterwards);
      const statuses = [...text.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ statuses: statuses.filter((status) => status !== 100), text, hangs, code: codeIn(text) });
    });
  });
}

/** A request as bytes. */
export function bytesOf({ method, path, headers = {}, body = new Uint8Array() }: Proper): Uint8Array {
  const lines = Object.entries({
    host: 'localhost',
    ...(body.length > 0 ? { 'content-length': String(body.length) } : {}),
    connection: 'close',
    ...headers,
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), body]);
}

function codeIn(text: string): string | undefined {
  return [...text.matchAll(/"code":"(\w+)"/g)].at(-1)?.[1];
}
