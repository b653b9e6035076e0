import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems hand out by themselves, so that nobody is handed one before it is used. */
const FIRST = 20_000;
const LAST = 32_000;

/** A port on which nothing listens, neither TCP nor UDP, on no address. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
  }
}

async function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  const [error] = (await Promise.race([once(server, 'listening'), once(server, 'error')])) as [unknown];
  server.close();
  return error === undefined;
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket({ type: 'udp6', ipv6Only: false });
  socket.bind(port);
  const [error] = (await Promise.race([once(socket, 'listening'), once(socket, 'error')])) as [unknown];
  if (error === undefined) socket.close();
  return error === undefined;
}
