import { tagValue, type NostrEvent } from '@nests/protocol/event';
import { AUTH_KIND } from './kinds.ts';

const WINDOW_SECONDS = 600;

/**
 * Says what is wrong with an answer to a challenge (NIP-42), or null when it is good. The signature has been
 * checked before.
 * @param event the signed kind 22242 event
 * @param expected the challenge this connection was given, the relay's public address, and the time in unix seconds
 */
export function authFault(
  event: NostrEvent,
  expected: { challenge: string; url: string; now: number },
): string | null {
  if (event.kind !== AUTH_KIND) return `kind ${AUTH_KIND} is expected`;
  if (Math.abs(expected.now - event.created_at) > WINDOW_SECONDS) return 'created_at is too far from now';
  if (tagValue(event, 'challenge') !== expected.challenge) return 'this is not the challenge given here';
  if (!sameRelay(tagValue(event, 'relay'), expected.url)) return 'signed for another relay';
  return null;
}

function sameRelay(given: string | undefined, own: string): boolean {
  if (given === undefined || !URL.canParse(given)) return false;
  const [a, b] = [new URL(given), new URL(own)];
  return a.host === b.host && a.pathname === b.pathname;
}
