import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems hand out by themselves, so that nobody is handed one before it is used. */
const FIRST = 20_000;
const LAST = 32_000;
/** Of this process: a port given away may not be in use yet. */
const given = new Set<number>();

/** A port on which nothing listens, neither TCP nor UDP, on no address; each call gives another. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if (given.has(port)) continue;
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) {
      given.add(port);
      return port;
    }
  }
}

async function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  const [error] = (await Promise.race([once(server, 'listening'), once(server, 'error')])) as [unknown];
  server.close();
  return error === undefined;
}

/** On all addresses of both kinds, or of the old kind where the system has no other. */
async function isFreeForUdp(port: number): Promise<boolean> {
  const error = await bindError('udp6', port);
  const isWithoutIpv6 = error === 'EAFNOSUPPORT' || error === 'EADDRNOTAVAIL';
  return (isWithoutIpv6 ? await bindError('udp4', port) : error) === undefined;
}

function bindError(type: 'udp4' | 'udp6', port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.bind(port, () => socket.close(() => resolve(undefined)));
  });
}
