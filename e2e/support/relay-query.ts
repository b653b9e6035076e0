import type { EventTemplate, NostrEvent } from '@nests/protocol/event';
import { WebSocket } from 'ws';
import type { Keyholder } from './keyholder.ts';

/** Sends one message to a relay and hands over its answers until one of them ends the conversation. */
function converse<T>(
  relayUrl: string,
  message: unknown[],
  answer: (parts: unknown[]) => T | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(relayUrl);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${relayUrl} hung up`)));
    socket.on('open', () => socket.send(JSON.stringify(message)));
    socket.on('message', (data: Buffer) => {
      const result = answer(JSON.parse(data.toString()) as unknown[]);
      if (result === undefined) return;
      resolve(result);
      socket.close();
    });
  });
}

/** What a relay has stored for a filter, newest first. */
export function storedEvents(relayUrl: string, filter: object): Promise<NostrEvent[]> {
  const events: NostrEvent[] = [];
  return converse(relayUrl, ['REQ', 'stored', filter], ([verb, , event]) => {
    if (verb === 'EVENT') events.push(event as NostrEvent);
    return verb === 'EVENT' ? undefined : events;
  });
}

/** Signs and publishes an event; throws when the relay does not take it. */
export async function publish(relayUrl: string, author: Keyholder, template: EventTemplate): Promise<void> {
  const event = await author.sign(template);
  const [, , accepted, reason] = await converse(relayUrl, ['EVENT', event], (parts) => parts);
  if (accepted !== true) throw new Error(String(reason));
}
