import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeRelayUrl, safeWebUrl } from './urls.ts';

it.each([
  ['https://host', 'https://host/'],
  ['https://HOST:443/A?b#c', 'https://host/A?b#c'],
  ['http://localhost:5544/x', 'http://localhost:5544/x'],
  ['http://[::1]/', 'http://[::1]/'],
])('opens %s', (text, url) => {
  expect(safeWebUrl(text)).toBe(url);
});

it.each([
  '',
  'x',
  'http://host/',
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  'https://user@host/',
  'https://',
  '//host/',
  'http://localhost.evil.example/',
  `https://host/${'x'.repeat(3000)}`,
])('does not open %s', (text) => {
  expect(safeWebUrl(text)).toBeNull();
});

it.each([
  ['wss://Relay.example/', 'wss://relay.example'],
  ['wss://relay.example:443', 'wss://relay.example'],
  ['wss://relay.example/inbox', 'wss://relay.example/inbox'],
  ['ws://localhost:5545', 'ws://localhost:5545'],
])('connects to the relay %s', (text, url) => {
  expect(safeRelayUrl(text)).toBe(url);
});

it.each([
  'ws://relay.example',
  'https://relay.example',
  'wss://a:b@relay.example',
  'wss://relay.example/#x',
  'wss:',
])('does not connect to %s', (text) => {
  expect(safeRelayUrl(text)).toBeNull();
});

it('takes plain relays anywhere only where the server says so', () => {
  expect(safeRelayUrl('ws://relay.local:7000/', true)).toBe('ws://relay.local:7000');
  expect(safeRelayUrl('http://relay.local', true)).toBeNull();
});

it('never throws, and gives nothing that it would not take itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webUrl({ validSchemes: ['https', 'wss', 'ws', 'http', 'file'] })),
      (text) => {
        const web = safeWebUrl(text);
        if (web !== null) expect(safeWebUrl(web)).toBe(web);
        const relay = safeRelayUrl(text);
        if (relay !== null) expect(safeRelayUrl(relay)).toBe(relay);
      },
    ),
  );
});
