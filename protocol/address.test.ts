import fc from 'fast-check';
import { naddrEncode, neventEncode, noteEncode, nprofileEncode, npubEncode } from 'nostr-tools/nip19';
import { describe, expect, it } from 'vitest';
import {
  decodeNaddr,
  decodeNote,
  decodeNpub,
  encodeNaddr,
  encodeNpub,
  formatAddress,
  hostOfFragment,
  isSameNest,
  LIVE_ACTIVITY_KIND,
  nestPath,
  parseAddress,
  type NestAddress,
} from './address.ts';

const host = 'ab'.repeat(32);
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const addresses = fc.record({ host: hex, d: fc.string({ unit: 'binary', maxLength: 60 }) });

describe('the value of an a tag', () => {
  it('is read back as it was written, whatever d is', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it('keeps the relay hint where it is safe', () => {
    expect(parseAddress(`30312:${host}:d`, 'wss://Relay.example/')?.relays).toEqual(['wss://relay.example']);
    expect(parseAddress(`30312:${host}:d`, 'javascript:1')).toEqual({ host, d: 'd' });
  });

  it('may name an old room that is a live activity', () => {
    const address = parseAddress(`30311:${host}:d`);
    expect(address).toEqual({ host, d: 'd', kind: LIVE_ACTIVITY_KIND });
    expect(formatAddress(address!)).toBe(`30311:${host}:d`);
  });

  it.each([
    '',
    ':',
    '30312',
    `30312:${host}`,
    `30312:${host.toUpperCase()}:d`,
    '30312:npub1x:d',
    `1:${host}:d`,
  ])('is none of ours: %j', (value) => {
    expect(parseAddress(value)).toBeNull();
  });

  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, relay) => {
        expect(parseAddress(value, relay)).toBeNull();
      }),
    );
  });
});

describe('an naddr', () => {
  it('is read back as it was written, relays included', () => {
    const withRelays = fc.record({
      host: hex,
      d: fc.uuid(),
      relays: fc.constant<string[]>(['wss://a.example', 'wss://b.example']),
    });
    fc.assert(
      fc.property(fc.oneof(addresses, withRelays), (address: NestAddress) => {
        expect(decodeNaddr(encodeNaddr(address))).toEqual(address);
        expect(decodeNaddr(`nostr:${encodeNaddr(address)}`)).toEqual(address);
      }),
    );
  });

  it('of something else is none', () => {
    expect(decodeNaddr(naddrEncode({ kind: 30_023, pubkey: host, identifier: 'x' }))).toBeNull();
    expect(decodeNaddr(npubEncode(host))).toBeNull();
  });

  it('loses relays that nobody should connect to', () => {
    const naddr = naddrEncode({
      kind: 30_312,
      pubkey: host,
      identifier: 'x',
      relays: ['ws://router.lan', 'http://x'],
    });
    expect(decodeNaddr(naddr)).toEqual({ host, d: 'x' });
  });

  it('never makes the reader throw', () => {
    const nearly = fc.string().map((text) => `naddr1${text}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => {
        expect(decodeNaddr(text)).toBeNull();
        expect(decodeNpub(text)).toBeNull();
        expect(decodeNote(text)).toBeNull();
      }),
    );
  });
});

describe('people and events', () => {
  it('are named by npub or nprofile, note or nevent', () => {
    expect(decodeNpub(encodeNpub(host))).toBe(host);
    expect(decodeNpub(nprofileEncode({ pubkey: host, relays: [] }))).toBe(host);
    expect(decodeNote(noteEncode(host))).toBe(host);
    expect(decodeNote(`nostr:${neventEncode({ id: host })}`)).toBe(host);
  });

  it('are not named by each other', () => {
    expect(decodeNpub(noteEncode(host))).toBeNull();
    expect(decodeNote(npubEncode(host))).toBeNull();
  });
});

describe('the path of a nest', () => {
  it('carries its host in the fragment', () => {
    expect(nestPath('a/b', host)).toBe(`/nest/a%2Fb#${host}`);
    expect(hostOfFragment(`#${host}`)).toBe(host);
  });

  it('does without, and takes nothing else for a host', () => {
    expect(nestPath('a')).toBe('/nest/a');
    expect(hostOfFragment('')).toBeUndefined();
    expect(hostOfFragment('#invite=x')).toBeUndefined();
  });
});

it('two addresses are the same nest whatever relays they mention', () => {
  expect(isSameNest({ host, d: 'x' }, { host, d: 'x', relays: ['wss://a'] })).toBe(true);
  expect(isSameNest({ host, d: 'x' }, { host, d: 'y' })).toBe(false);
  expect(isSameNest({ host, d: 'x' }, { host, d: 'x', kind: LIVE_ACTIVITY_KIND })).toBe(false);
});
