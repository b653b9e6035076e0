import type { VerifyEvent } from '@nests/protocol/event';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Config } from '../config.ts';
import type { LiveKitHint } from '../media/webhooks.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock, Feed, Ids, Log, MediaServer, NestStore } from '../nests/ports.ts';
import type { UseCases } from '../nests/use-cases.ts';

/** What the HTTP API is made of; main.ts wires the real things, tests wire what they like. */
export interface Parts {
  config: Config;
  nests: UseCases;
  store: Pick<NestStore, 'useOnce' | 'hit' | 'epoch' | 'ping'>;
  media: Pick<MediaServer, 'ping'>;
  feed: Feed;
  clock: Clock;
  ids: Ids;
  log: Log;
  verify: VerifyEvent;
  /** reads LiveKit's webhooks; null when one is not LiveKit's */
  readWebhook: (body: Uint8Array, authorization: string | undefined) => Promise<LiveKitHint | null>;
  metrics: Metrics;
  /** how often this process repaired what, by kind; for the health report */
  repairs?: Readonly<Record<string, number>>;
  /** whether the operator keeps this key out */
  isBlocked?: (pubkey: string) => boolean;
  /** a LiveKit token that grants nothing and has expired */
  testToken: () => Promise<unknown>;
}

/** Fastify, with types from the schemas. */
export type App = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
