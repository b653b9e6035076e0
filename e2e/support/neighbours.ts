import { makeNestEvent } from '@nests/protocol/nest-event';
import { Keyholder, nowS } from './keyholder.ts';
import { publish } from './relay-query.ts';
import type { Stack } from './stack.ts';

/** People without a browser who fill the lobby. */

/** What a neighbour's nest is like. */
export interface NeighboursNest {
  name: string;
  title: string;
  summary?: string;
  hashtags?: string[];
  color?: string;
  /** Unix seconds; makes it a planned one. */
  starts?: number;
}

/** Opens a nest by API and relay, as the web app would; returns its room id and its host. */
export async function openNeighboursNest(
  stack: Stack,
  nest: NeighboursNest,
): Promise<{ id: string; host: Keyholder }> {
  const host = new Keyholder();
  const { name, title, summary, hashtags, color, starts } = nest;
  const given = { ...(starts === undefined ? {} : { starts }) };
  const made = await host.request('PUT', `${stack.url}/api/v1/nests`, {
    relays: [stack.relayUrl],
    hls_stream: false,
    ...given,
  });
  const id = made.body?.['roomId'];
  if (typeof id !== 'string') throw new Error(`the nest was not made: ${made.status}`);
  await publish(stack.relayUrl, host, {
    kind: 0,
    created_at: nowS(),
    tags: [],
    content: JSON.stringify({ name }),
  });
  await publish(
    stack.relayUrl,
    host,
    makeNestEvent({
      roomId: id,
      host: host.pubkey,
      title,
      ...(summary === undefined ? {} : { summary }),
      ...(hashtags === undefined ? {} : { hashtags }),
      ...(color === undefined ? {} : { color }),
      status: starts === undefined ? 'open' : 'planned',
      ...given,
      service: stack.url,
      streaming: [`ws+livekit://localhost:${stack.ports.LIVEKIT_PORT}`],
      relays: [stack.relayUrl],
      webLink: `${stack.url}/nest/${id}`,
      now: nowS(),
    }),
  );
  return { id, host };
}
