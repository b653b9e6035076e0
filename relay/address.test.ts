import { expect, test } from 'vitest';
import { Addresses } from './address.ts';

const addresses = new Addresses(['loopback', '10.0.0.0/8', '192.0.2.1']);

test.each([
  ['203.0.113.9', undefined, '203.0.113.9'],
  ['::ffff:203.0.113.9', undefined, '203.0.113.9'],
  ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['10.1.2.3', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['10.1.2.3', '203.0.113.9, 192.0.2.1', '203.0.113.9'],
  ['10.1.2.3', undefined, '10.1.2.3'],
  ['10.1.2.3', 'nonsense', '10.1.2.3'],
  ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['2001:db8:0:7:1:2:3:4', undefined, '2001:db8:0:7::/64'],
  ['2001:DB8:0:7::9', undefined, '2001:db8:0:7::/64'],
  ['2001:db8::1', undefined, '2001:db8:0:0::/64'],
  ['::1', undefined, null],
  ['127.0.0.1', undefined, null],
])('%s, for whom proxies say %s, counts as %s', (peer, forwardedFor, counted) => {
  expect(addresses.countedAs(peer, forwardedFor)).toBe(counted);
});

test('what is no network is an error at the start', () => {
  expect(() => new Addresses(['everybody'])).toThrow();
});
