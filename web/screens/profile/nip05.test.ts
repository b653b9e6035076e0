import { describe, expect, it } from 'vitest';
import { keyOfDomainName, readDomainName } from './nip05.ts';

const key = 'a'.repeat(64);

/** A domain that answers with this. */
function domain(body: unknown, status = 200) {
  const asked: { url: string; redirect: string | undefined }[] = [];
  const get: typeof fetch = async (input, init) => {
    asked.push({ url: input instanceof Request ? input.url : String(input), redirect: init?.redirect });
    return new Response(JSON.stringify(body), { status });
  };
  return { asked, get };
}

describe('a name at a domain', () => {
  it.each([
    ['Mira@Example.org', { name: 'mira', domain: 'example.org' }],
    ['example.org', { name: '_', domain: 'example.org' }],
    ['mira@localhost', null],
    ['mira@evil.example/path', null],
    ['mira@a@b.example', null],
    ['mi ra@example.org', null],
    ['mira@user:pw.example', null],
    ['', null],
  ])('%j is read as %j', (text, expected) => expect(readDomainName(text)).toEqual(expected));

  it('is asked of the domain itself, and of nobody it points to', async () => {
    const { asked, get } = domain({ names: { mira: key } });
    expect(await keyOfDomainName({ name: 'mira', domain: 'example.org' }, get)).toBe(key);
    expect(asked).toEqual([
      { url: 'https://example.org/.well-known/nostr.json?name=mira', redirect: 'error' },
    ]);
  });

  it.each([
    [{ names: { other: key } }],
    [{ names: { mira: 'npub1x' } }],
    [{ names: null }],
    [[]],
    ['text'],
    [null],
  ])('is nobody’s when the domain says %j', async (body) => {
    expect(await keyOfDomainName({ name: 'mira', domain: 'example.org' }, domain(body).get)).toBeNull();
  });

  it('does not take what every object has for a name', async () => {
    const { get } = domain({ names: {} });
    expect(await keyOfDomainName({ name: 'constructor', domain: 'example.org' }, get)).toBeNull();
  });

  it('tells a domain that is down from a name that is not there', async () => {
    const at = { name: 'mira', domain: 'example.org' };
    expect(await keyOfDomainName(at, domain({}, 404).get)).toBeNull();
    await expect(keyOfDomainName(at, domain({}, 500).get)).rejects.toThrow('example.org answered with 500');
  });
});
