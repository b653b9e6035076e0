import fc from 'fast-check';
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';
import type { EventTemplate, NostrEvent } from './event.ts';
import { checkHttpAuth, HTTP_AUTH_REMEMBER_S, HTTP_AUTH_WINDOW_S, makeHttpAuth } from './http-auth.ts';
import vectors from './http-auth.vectors.json' with { type: 'json' };

interface Vector {
  name: string;
  header?: string;
  request: { path: string; method: string; body?: string; publicUrls: string[]; now: number };
  code?: string;
  pubkey?: string;
}

const verify = (event: NostrEvent): boolean => verifyEvent({ ...event });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function check({ header, request: { body, ...request } }: Vector) {
  return checkHttpAuth(header, { ...request, rawBody: body === undefined ? undefined : bytes(body) }, verify);
}

describe('an Authorization header', () => {
  it.each(vectors.valid)('is accepted: $name', (vector: Vector) => {
    expect(check(vector)).toMatchObject({ ok: true, pubkey: vector.pubkey });
  });

  it.each(vectors.invalid)('is refused: $name', (vector: Vector) => {
    expect(check(vector)).toEqual({ ok: false, code: vector.code });
  });

  it.each(vectors.hostile)('is refused when hostile: $name', (vector: Vector) => {
    expect(check(vector)).toEqual({ ok: false, code: vector.code });
  });

  it('is refused for a reason that the catalogue has a 401 for, every time', () => {
    for (const { code } of [...vectors.invalid, ...vectors.hostile]) {
      expect(ERRORS[code as keyof typeof ERRORS].status).toBe(401);
    }
  });

  it('costs no signature check when anything cheaper is wrong', () => {
    let checks = 0;
    const counting = (event: NostrEvent): boolean => {
      checks++;
      return verify(event);
    };
    for (const { header, request, code } of [...vectors.invalid, ...vectors.hostile] as Vector[]) {
      // The verifier compares the id itself, before any mathematics.
      if (code === 'auth_signature' || code === 'auth_id') continue;
      const rawBody = request.body === undefined ? undefined : bytes(request.body);
      checkHttpAuth(header, { ...request, rawBody }, counting);
    }
    expect(checks).toBe(0);
  });

  it('never makes the check throw, whatever it is', () => {
    const request = {
      path: '/x',
      method: 'GET',
      rawBody: undefined,
      publicUrls: ['https://a.example'],
      now: 0,
    };
    const encoded = fc.json().map((json) => `Nostr ${Buffer.from(json).toString('base64')}`);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String().map((text) => `Nostr ${text}`),
          encoded,
        ),
        (header) => {
          expect(checkHttpAuth(header, request, () => true).ok).toBe(false);
        },
      ),
    );
  });
});

describe('a header we make', () => {
  const secret = generateSecretKey();
  const sign = async (template: EventTemplate): Promise<NostrEvent> => finalizeEvent({ ...template }, secret);
  const now = 1_784_000_000;

  it('passes our own check, for any path, method and body', async () => {
    const paths = fc.webPath().map((path) => `/${path.replace(/^\/+/, '')}`);
    const queries = fc.option(fc.webQueryParameters(), { nil: undefined });
    const method = fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'DELETE');
    const body = fc.option(fc.uint8Array({ maxLength: 100 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(paths, queries, method, body, async (plainPath, query, verb, rawBody) => {
        const path = plainPath + (query === undefined ? '' : `?${query}`);
        const header = await makeHttpAuth(
          {
            url: `https://a.example${path}`,
            method: verb,
            ...(rawBody ? { body: rawBody } : {}),
            now,
            nonce: 'n',
          },
          sign,
        );
        const request = { path, method: verb, rawBody, publicUrls: ['https://a.example'], now };
        expect(checkHttpAuth(header, request, verify)).toMatchObject({
          ok: true,
          pubkey: getPublicKey(secret),
        });
      }),
      { numRuns: 30 },
    );
  });

  it('hashes a body of text as UTF-8', async () => {
    const body = '{"title":"Café ☕"}';
    const header = await makeHttpAuth(
      { url: 'https://a.example/', method: 'PUT', body, now, nonce: '1' },
      sign,
    );
    const request = {
      path: '/',
      method: 'PUT',
      rawBody: bytes(body),
      publicUrls: ['https://a.example'],
      now,
    };
    expect(checkHttpAuth(header, request, verify).ok).toBe(true);
  });

  it('is another event for another nonce, within the same second', async () => {
    const request = { url: 'https://a.example/', method: 'GET', now };
    const first = await makeHttpAuth({ ...request, nonce: '1' }, sign);
    const second = await makeHttpAuth({ ...request, nonce: '2' }, sign);
    expect(first).not.toBe(second);
  });

  it('is not made when the signer refuses', async () => {
    const refuse = (): Promise<NostrEvent> => Promise.reject(new Error('refused'));
    const request = { url: 'https://a.example/', method: 'GET', now, nonce: '1' };
    await expect(makeHttpAuth(request, refuse)).rejects.toThrow('refused');
  });

  it('is remembered longer than it could be accepted again', () => {
    expect(HTTP_AUTH_REMEMBER_S).toBeGreaterThan(2 * HTTP_AUTH_WINDOW_S);
  });
});
