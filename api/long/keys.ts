import { randomUUID } from 'node:crypto';
import type { EventTemplate, NostrEvent } from '@nests/protocol/event';
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { signSchnorr } from 'tiny-secp256k1';
import { eventHash } from '../verify.ts';
import { createHash } from 'node:crypto';

/** A key and its owner. */
export interface Keyholder {
  pubkey: string;
  secret: Uint8Array;
}

/** A fresh key. */
export function makeKeyholder(): Keyholder {
  const secret = generateSecretKey();
  return { pubkey: getPublicKey(secret), secret };
}

/** The signature of `by` under an event of `author`; rightly both are the same. */
export function sign(template: EventTemplate, author: Keyholder, by: Keyholder = author): NostrEvent {
  const unsigned = { ...template, pubkey: author.pubkey };
  const hash = eventHash(unsigned);
  return {
    ...unsigned,
    id: hash.toString('hex'),
    sig: Buffer.from(signSchnorr(hash, by.secret)).toString('hex'),
  };
}

/** SHA-256 in hex. */
export function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The auth event that is right for a request, before it is signed. */
export function rightTemplate(request: {
  url: string;
  method: string;
  body?: Uint8Array | undefined;
}): EventTemplate {
  const { url, method, body } = request;
  const tags = [
    ['u', url],
    ['method', method],
    ['nonce', randomUUID()],
  ];
  if (body !== undefined && body.length > 0) tags.push(['payload', sha256(body)]);
  return { kind: 27_235, created_at: Math.floor(Date.now() / 1000), tags, content: '' };
}

/** An event as the Authorization header carries it. */
export function headerOf(event: unknown): string {
  return `Nostr ${Buffer.from(JSON.stringify(event)).toString('base64')}`;
}
