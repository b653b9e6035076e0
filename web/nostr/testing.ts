/** What the tests of this folder share: real relays, people with keys, and waiting for what is about to happen. */
import { makeNestEvent, type NestEventInput } from '@nests/protocol/nest-event';
import type { EventTemplate, NostrEvent, SignEvent } from '@nests/protocol/event';
import type { RelayOptions } from 'applesauce-relay/relay';
import type { ReadableAtom } from 'nanostores';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { WebSocket, WebSocketServer } from 'ws';
import { startRelay, type Relay } from '../../relay/relay.ts';
import { createGateway } from './gateway.ts';
import type { NostrGateway } from './types.ts';

/** Somebody with a key. */
export interface Somebody {
  pubkey: string;
  sign: SignEvent;
  signNow: (template: EventTemplate) => NostrEvent;
}

/** A new key. */
export function somebody(): Somebody {
  const secret = generateSecretKey();
  const signNow = (template: EventTemplate): NostrEvent => {
    const { id, pubkey, created_at, kind, tags, content, sig } = finalizeEvent({ ...template }, secret);
    return { id, pubkey, created_at, kind, tags, content, sig };
  };
  return { pubkey: getPublicKey(secret), signNow, sign: async (template) => signNow(template) };
}

/** A relay in memory, at a free port or at the one given. */
export function relayInMemory(port = 0): Promise<Relay> {
  return startRelay({ port, host: '127.0.0.1', database: ':memory:' });
}

// Node 20 has no WebSocket of its own.
Object.assign(globalThis, { WebSocket });

/** A gateway that does not wait as long as a person would. */
export function gatewayTo(...relays: string[]): NostrGateway {
  return gatewayWith(relays, {});
}

/** A gateway with other connections. */
export function gatewayWith(relays: string[], relayOptions: RelayOptions): NostrGateway {
  return createGateway({
    relays,
    relayOptions: { keepAlive: 50, publishTimeout: 1_000, ...relayOptions },
    profileAgainMs: 50,
  });
}

/** A relay that does as it is told, and counts. */
export interface ScriptedRelay {
  url: string;
  /** Everything that clients said, parsed. */
  heard: unknown[][];
  connections(): number;
  /** Drops every connection without a goodbye. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a relay whose every answer the test writes itself. */
export async function scriptedRelay(
  answer: (message: unknown[], say: (reply: unknown) => void, connection: number) => void,
): Promise<ScriptedRelay> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const heard: unknown[][] = [];
  let connections = 0;
  server.on('connection', (socket) => {
    const connection = ++connections;
    const say = (reply: unknown): void =>
      socket.send(typeof reply === 'string' ? reply : JSON.stringify(reply));
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as unknown[];
      heard.push(message);
      answer(message, say, connection);
    });
    socket.on('error', () => undefined);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const cut = (): void => {
    for (const socket of server.clients) socket.terminate();
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`,
    heard,
    connections: () => connections,
    cut,
    stop: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An address where nobody listens. */
export async function deadEnd(): Promise<string> {
  const relay = await scriptedRelay(() => undefined);
  await relay.stop();
  return relay.url;
}

/** Seconds since 1970. */
export const seconds = (): number => Math.floor(Date.now() / 1000);

/** The event of a nest by that host. */
export function nestBy(host: Somebody, change: Partial<NestEventInput> = {}): NostrEvent {
  return host.signNow(
    makeNestEvent({
      roomId: 'c0ffee',
      host: host.pubkey,
      title: 'An evening',
      status: 'open',
      service: 'https://nests.example',
      streaming: ['wss+livekit://live.example'],
      relays: [],
      webLink: 'https://nests.example/nest/c0ffee',
      now: seconds(),
      ...change,
    }),
  );
}

/** Resolves with the first value of an atom that is as wished; keeps the atom alive until then. */
export function become<T, S extends T>(atom: ReadableAtom<T>, isWished: (value: T) => value is S): Promise<S>;
export function become<T>(atom: ReadableAtom<T>, isWished: (value: T) => boolean): Promise<T>;
export function become<T>(atom: ReadableAtom<T>, isWished: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const stop = atom.subscribe((value) => {
      if (!isWished(value)) return;
      queueMicrotask(() => stop());
      resolve(value);
    });
  });
}
