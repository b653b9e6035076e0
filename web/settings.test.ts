import { expect, test } from 'vitest';

import { readSettings } from './settings.ts';

const ORIGIN = 'https://nests.test';

test('what the server wrote into the page', () => {
  const text =
    '{"relays":["wss://r.test"],"publicUrl":"https://nests.example","version":"1.0.0","debug":true}';
  expect(readSettings(text, ORIGIN)).toEqual({
    relays: ['wss://r.test'],
    publicUrl: 'https://nests.example',
    origin: ORIGIN,
    version: '1.0.0',
    debug: true,
  });
});

test.each([null, '', '  ', 'not json', '[]', 'null', '{"relays":"x","publicUrl":7}'])(
  'a page without readable settings (%j) still starts',
  (text) => {
    expect(readSettings(text, ORIGIN)).toEqual({
      relays: [],
      publicUrl: ORIGIN,
      origin: ORIGIN,
      version: 'unknown',
      debug: false,
    });
  },
);
