import { randomBytes } from 'node:crypto';
import type { EventTemplate, NostrEvent } from '@nests/protocol/event';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { isPrivate, signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { eventHash } from '../../api/verify.ts';

/** Somebody who signs requests. Signs in WebAssembly, so that tens of thousands are ready in seconds. */
export class Signer {
  readonly pubkey: string;
  private readonly key: Uint8Array;

  /** A new person. */
  constructor() {
    do this.key = randomBytes(32);
    while (!isPrivate(this.key));
    this.pubkey = Buffer.from(xOnlyPointFromScalar(this.key)).toString('hex');
  }

  /** The signed event. */
  sign(template: EventTemplate): NostrEvent {
    const event = { ...template, pubkey: this.pubkey };
    const hash = eventHash(event);
    const sig = Buffer.from(signSchnorr(hash, this.key, randomBytes(32))).toString('hex');
    return { ...event, id: hash.toString('hex'), sig };
  }

  /**
   * The `Authorization` header of one request; every call makes another event.
   * @param at when it is to be sent, unix ms
   */
  header(method: string, url: string, { body, at }: { body?: string; at?: number } = {}): Promise<string> {
    return makeHttpAuth(
      {
        url,
        method,
        now: Math.floor((at ?? Date.now()) / 1000),
        nonce: randomBytes(8).toString('hex'),
        ...(body === undefined ? {} : { body }),
      },
      async (template) => this.sign(template),
    );
  }
}

/** The text of a request without a body. */
export function getRequest(path: string, authorization?: string): string {
  const auth = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${auth}\r\n`;
}

/** The address at which a server on this machine is asked to join a nest. */
export function joinPath(nest: string): string {
  return `/api/v1/nests/${nest}`;
}

/**
 * Signed joins by a few dozen people in turn, each with an event of its own.
 * @returns complete HTTP texts, no two alike
 */
export async function signedJoins(port: number, nest: string, count: number): Promise<string[]> {
  const people = Array.from({ length: PEOPLE }, () => new Signer());
  const path = joinPath(nest);
  const url = `http://localhost:${port}${path}`;
  const requests: string[] = [];
  while (requests.length < count) {
    for (const person of people.slice(0, count - requests.length))
      requests.push(getRequest(path, await person.header('GET', url)));
  }
  if (new Set(requests).size !== count) throw new Error('two signed requests are alike');
  return requests;
}

const PEOPLE = 50;
