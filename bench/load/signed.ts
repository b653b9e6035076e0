import { randomBytes } from 'node:crypto';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';

/** Somebody who signs requests. */
export interface Signer {
  pubkey: string;
  /** The `Authorization` header of one request; every call makes another event. */
  header(method: string, url: string, body?: string): Promise<string>;
}

/** A new person. */
export function newSigner(): Signer {
  const key = generateSecretKey();
  return {
    pubkey: getPublicKey(key),
    header: (method, url, body) =>
      makeHttpAuth(
        {
          url,
          method,
          now: Math.floor(Date.now() / 1000),
          nonce: randomBytes(8).toString('hex'),
          ...(body === undefined ? {} : { body }),
        },
        (template) => Promise.resolve(finalizeEvent(template, key)),
      ),
  };
}

/** The text of a request without a body. */
export function getRequest(path: string, authorization?: string): string {
  const auth = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${auth}\r\n`;
}
