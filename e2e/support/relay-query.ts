import type { NostrEvent } from '@nests/protocol/event';

/** What a relay has stored for a filter, newest first. */
export function storedEvents(relayUrl: string, filter: object): Promise<NostrEvent[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(relayUrl);
    const events: NostrEvent[] = [];
    socket.onerror = () => reject(new Error(`no answer from ${relayUrl}`));
    socket.onopen = () => socket.send(JSON.stringify(['REQ', 'q', filter]));
    socket.onmessage = ({ data }) => {
      const [verb, , event] = JSON.parse(String(data)) as [string, string, NostrEvent];
      if (verb === 'EVENT') events.push(event);
      if (verb === 'EOSE') {
        socket.close();
        resolve(events);
      }
    };
  });
}
