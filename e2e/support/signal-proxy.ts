import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between browsers and LiveKit's signalling that can be cut. Media takes its own way and is not touched. */
export class SignalProxy {
  /** Connections so far. */
  connections = 0;
  private readonly open = new Set<Socket>();
  private target = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.join(socket));
  }

  /** Listens on a free port of this machine. */
  static async start(): Promise<SignalProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SignalProxy(server);
  }

  /** The address that browsers are given, as LiveKit's. */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has a port');
    return `ws://localhost:${address.port}`;
  }

  /** Where the wire leads from now on. */
  leadTo(port: number): void {
    this.target = port;
  }

  /** Every connection breaks, as when a phone changes its network; new ones work. Returns how many there were. */
  cut(): number {
    const before = this.open.size;
    for (const socket of this.open) socket.resetAndDestroy();
    return before;
  }

  /** No more. */
  stop(): void {
    this.server.close();
    this.cut();
  }

  private join(near: Socket): void {
    this.connections++;
    const far = connect(this.target, '127.0.0.1');
    this.open.add(near);
    near.on('close', () => this.open.delete(near));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }
}
