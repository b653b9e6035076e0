import { randomUUID } from 'node:crypto';
import type { EventTemplate, NostrEvent, SignEvent } from '@nests/protocol/event';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';

/** Unix seconds. */
export const nowS = (): number => Math.floor(Date.now() / 1000);

/** An answer of the API. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed body; null when there is none or it is no JSON. */
  body: Record<string, unknown> | null;
}

/** Somebody with a key and no browser: signs events and requests, rightly or wrongly. */
export class Keyholder {
  private readonly secret = generateSecretKey();
  readonly pubkey = getPublicKey(this.secret);

  /** Signs as it should be. */
  readonly sign: SignEvent = async (template: EventTemplate): Promise<NostrEvent> => {
    const { id, pubkey, sig } = finalizeEvent({ ...template }, this.secret);
    return { ...template, id, pubkey, sig };
  };

  /** A request with the Authorization header it needs. */
  async request(method: string, url: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = {
      url,
      method,
      now: nowS(),
      nonce: randomUUID(),
      ...(text === undefined ? {} : { body: text }),
    };
    return call(method, url, text, await makeHttpAuth(request, this.sign));
  }
}

/** A request as it stands; rejects when no answer comes within ten seconds. */
export async function call(
  method: string,
  url: string,
  body?: string,
  authorization?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
