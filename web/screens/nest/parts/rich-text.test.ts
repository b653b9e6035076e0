import { encodeNpub } from '@nests/protocol/address';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { piecesOf } from './rich-text.ts';

const typesOf = (message: string) => piecesOf(message).map(({ type, text }) => [type, text]);

test('a message is cut into text, links and pictures', () => {
  expect(typesOf('Notes: https://example.com/notes, see https://example.com/cat.JPG?size=2 !')).toEqual([
    ['text', 'Notes: '],
    ['link', 'https://example.com/notes'],
    ['text', ', see '],
    ['picture', 'https://example.com/cat.JPG?size=2'],
    ['text', ' !'],
  ]);
});

test('brackets belong to an address only when they were opened in it', () => {
  expect(typesOf('(https://example.com/a)')[1]).toEqual(['link', 'https://example.com/a']);
  expect(typesOf('https://example.com/a_(b)')[0]).toEqual(['link', 'https://example.com/a_(b)']);
});

test('a mention names its key; a broken one stays text', () => {
  const pubkey = 'ab'.repeat(32);
  const npub = encodeNpub(pubkey);
  expect(piecesOf(`hello nostr:${npub}!`)[1]).toEqual({ type: 'mention', text: `nostr:${npub}`, pubkey });
  const broken = `nostr:${npub.slice(0, -1)}${npub.endsWith('q') ? 'p' : 'q'}`;
  expect(piecesOf(broken)[0]?.type).toBe('text');
});

test('only safe web addresses become links: scripts, files and unencrypted pages stay text', () => {
  const texts = [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://',
    'http://plain.example/a.jpg',
  ];
  for (const text of texts) {
    expect(piecesOf(text).every((piece) => piece.type === 'text')).toBe(true);
  }
});

test('joined again, the pieces are the message, and every address is https', () => {
  const bits = fc.constantFrom(
    'https://a.example/b',
    'http://',
    'https://',
    ' ',
    '.',
    ')',
    'nostr:npub1',
    'ß',
    '<b>',
    '"',
  );
  const message = fc.oneof(
    fc.string(),
    fc.array(bits).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(message, (text) => {
      const pieces = piecesOf(text);
      const hrefs = pieces.flatMap((piece) => ('href' in piece ? [piece.href] : []));
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      expect(hrefs.filter((href) => !/^https:\/\//.test(href))).toEqual([]);
    }),
  );
});
