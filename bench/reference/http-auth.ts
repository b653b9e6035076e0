import { createHash } from 'node:crypto';
import { verifyEvent, type Event } from 'nostr-tools/pure';

/** What of a request its signed event speaks of. */
export interface SignedRequest {
  authorization: string | undefined;
  /** the whole address, as the client wrote it */
  url: string;
  method: string;
  body?: Buffer;
}

/** HTTP auth (NIP-98) in the ordinary way, checked by nostr-tools: the author, or a sentence saying what is wrong. */
export function authorOf(request: SignedRequest): { pubkey: string } | { problem: string } {
  const { authorization, url, method, body } = request;
  if (authorization?.startsWith('Nostr ') !== true) return { problem: 'Missing Nostr authorization' };
  let event: Event;
  try {
    event = JSON.parse(Buffer.from(authorization.slice(6), 'base64').toString('utf8')) as Event;
  } catch {
    return { problem: 'Authorization is not an event' };
  }
  const tag = (name: string): string | undefined => event.tags.find(([key]) => key === name)?.[1];
  if (event.kind !== 27_235) return { problem: 'Wrong kind' };
  if (Math.abs(Date.now() / 1000 - event.created_at) > 60) return { problem: 'Too old' };
  if (tag('u') !== url) return { problem: 'Wrong address' };
  if (tag('method') !== method) return { problem: 'Wrong method' };
  if (body !== undefined && body.length > 0) {
    if (tag('payload') !== createHash('sha256').update(body).digest('hex'))
      return { problem: 'Wrong payload' };
  }
  return verifyEvent(event) ? { pubkey: event.pubkey } : { problem: 'Wrong signature' };
}
