import { once } from 'node:events';
import type { EventTemplate, NostrEvent } from '@nests/protocol/event';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { WebSocket } from 'ws';
import { startRelay, type Relay, type RelayOptions } from './relay.ts';

/** Test support: a client that speaks to a relay in raw text, and people who sign. */
export class RawClient {
  private readonly inbox: unknown[][] = [];
  private waiting: (() => void)[] = [];
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.inbox.push(JSON.parse(data.toString()) as unknown[]);
      this.wake();
    });
    socket.on('close', () => this.wake());
    socket.on('error', () => undefined);
  }

  /** Connects to a relay. */
  static async connect(url: string): Promise<RawClient> {
    const socket = new WebSocket(url);
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Sends text as it is, anything else as JSON. */
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message that satisfies the condition; messages before it stay for others to take. */
  async next(accepts: (message: unknown[]) => boolean = () => true): Promise<unknown[]> {
    for (;;) {
      const index = this.inbox.findIndex(accepts);
      if (index >= 0) return this.inbox.splice(index, 1)[0] ?? [];
      if (this.socket.readyState !== WebSocket.OPEN) throw new Error('the relay closed the connection');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Publishes an event and waits for its OK: [accepted, reason]. */
  async publish(event: NostrEvent): Promise<[boolean, string]> {
    this.send(['EVENT', event]);
    const [, , accepted, reason] = await this.next(([verb, id]) => verb === 'OK' && id === event.id);
    return [accepted === true, String(reason)];
  }

  /** Asks and waits for EOSE: the stored events, in the order they came. Throws when the relay says CLOSED. */
  async ask(subscription: string, ...filters: object[]): Promise<NostrEvent[]> {
    this.send(['REQ', subscription, ...filters]);
    const events: NostrEvent[] = [];
    for (;;) {
      const [verb, , body] = await this.next(([, id]) => id === subscription);
      if (verb === 'EOSE') return events;
      if (verb !== 'EVENT') throw new Error(String(body));
      events.push(body as NostrEvent);
    }
  }

  /** What has arrived and was not taken. */
  get unread(): unknown[][] {
    return [...this.inbox];
  }

  /** Resolves with the close code. */
  async closed(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) return 1006;
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }

  /** Hangs up. */
  close(): void {
    this.socket.terminate();
  }
}

/** Somebody with a key of their own. */
export class Author {
  private readonly secret = generateSecretKey();
  readonly pubkey = this.sign({}).pubkey;

  /** A signed event; kind 1 of now, unless told otherwise. */
  sign(template: Partial<EventTemplate>): NostrEvent {
    const full = { kind: 1, created_at: now(), tags: [], content: '', ...template };
    const { id, pubkey, sig } = finalizeEvent(full, this.secret);
    return {
      id,
      pubkey,
      created_at: full.created_at,
      kind: full.kind,
      tags: full.tags,
      content: full.content,
      sig,
    };
  }
}

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** A relay in memory on a free port, and clients to it; all is closed by `stop`. */
export async function relayForTest(
  options: Partial<RelayOptions> = {},
): Promise<{ relay: Relay; client: () => Promise<RawClient>; stop: () => Promise<void> }> {
  const relay = await startRelay({
    port: 0,
    host: '127.0.0.1',
    database: ':memory:',
    ...options,
    limits: { eventsPerSecond: 10_000, eventBurst: 10_000, ...options.limits },
  });
  const clients: RawClient[] = [];
  return {
    relay,
    client: async () => {
      const client = await RawClient.connect(relay.url);
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.close();
      await relay.stop();
    },
  };
}
