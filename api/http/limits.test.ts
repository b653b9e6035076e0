import { afterEach, describe, expect, it } from 'vitest';
import type { Entry } from '../nests/use-cases.ts';
import { addressKey } from './limits.ts';
import { makePerson, makeTestApi, type Ask, type TestApi } from './testing.ts';

const path = '/api/v1/nests/n1';
const anna = makePerson();
const bert = makePerson();
const entry: Entry = {
  ...{ roomId: 'n1', generation: 1, token: 'a.b.c', role: 'guest', hls_stream: false },
  ...{ pubkey: null, identity: 'guest-1' },
};
const nests = {
  join: async () => entry,
  guest: async () => entry,
  renew: async () => entry,
  hand: async () => undefined,
  permissions: async () => ({ changed: true }),
};
let api: TestApi;
const start = (env: Record<string, string> = {}): TestApi => (api = makeTestApi({ nests, env }));
afterEach(() => api.app.close());

const statuses = async (times: number, method: string, at: string, ask: Ask = {}): Promise<number[]> => {
  const all: number[] = [];
  for (let time = 0; time < times; time++) all.push((await api.ask(method, at, ask)).status);
  return all;
};

describe('limits', () => {
  const few = { NESTS_LIMITS: 'join=2/1m,guest=2/1m,renew=2/1m,hand=2/1m,permissions=2/1m,missing=2/1m' };

  it('count signed joins per key', async () => {
    start(few);
    expect(await statuses(3, 'GET', path, { by: anna })).toEqual([200, 200, 429]);
    expect(await statuses(1, 'GET', path, { by: bert })).toEqual([200]);
    const refused = await api.ask('GET', path, { by: anna });
    expect(refused.body).toMatchObject({ code: 'rate_limited', error: 'Too many requests' });
    expect(refused.headers['retry-after']).toBe('60');
  });

  it('count guests per address', async () => {
    start(few);
    expect(await statuses(3, 'GET', `${path}/guest`, { from: '192.0.2.1' })).toEqual([200, 200, 429]);
    expect(await statuses(1, 'GET', `${path}/guest`, { from: '192.0.2.2' })).toEqual([200]);
  });

  it('count renewals per session, not per address', async () => {
    start(few);
    const one = String((await api.ask('GET', `${path}/guest`)).body['session']);
    api.now += 1;
    const other = String((await api.ask('GET', `${path}/guest`)).body['session']);
    expect(await statuses(3, 'POST', `${path}/token`, { session: one })).toEqual([200, 200, 429]);
    expect(await statuses(1, 'POST', `${path}/token`, { session: other })).toEqual([200]);
  });

  it('count guests who come back with their session as guests', async () => {
    start({ NESTS_LIMITS: 'join=1/1m,guest=4/1m' });
    const session = String((await api.ask('GET', `${path}/guest`)).body['session']);
    expect(await statuses(2, 'GET', path, { session })).toEqual([200, 200]);
    expect(await statuses(2, 'POST', `${path}/join`, { session, body: {} })).toEqual([200, 429]);
  });

  it('count hands per address, too: keys cost nothing', async () => {
    start({ NESTS_LIMITS: 'guest=2/1m' });
    const raise = async (from: string) =>
      statuses(1, 'POST', `${path}/hand`, { by: makePerson(), from, body: { raised: true } });
    for (const status of [204, 204, 429]) expect(await raise('192.0.2.1')).toEqual([status]);
    expect(await raise('192.0.2.2')).toEqual([204]);
    expect(await statuses(1, 'GET', `${path}/guest`, { from: '192.0.2.1' })).toEqual([200]);
  });

  it('count hands per person, and permissions per nest and person', async () => {
    start(few);
    expect(await statuses(3, 'POST', `${path}/hand`, { by: anna, body: { raised: true } })).toEqual([
      204, 204, 429,
    ]);
    const body = { participant: bert.pubkey, can_publish: true };
    expect(await statuses(3, 'POST', `${path}/permissions`, { by: bert, body })).toEqual([201, 201, 429]);
    expect(await statuses(1, 'POST', `${path}/permissions`, { by: anna, body })).toEqual([201]); // a stranger's flood is no harm to her
  });

  it('make guessing ids slow', async () => {
    start(few);
    expect(await statuses(3, 'GET', '/api/v1/nests/guess/info', { from: '192.0.2.1' })).toEqual([
      404, 404, 429,
    ]);
    expect(await statuses(1, 'GET', '/api/v1/nests/guess/info', { from: '192.0.2.2' })).toEqual([404]);
  });

  it('make guessing ids slow in the diagnostics, too', async () => {
    const check = { store: { ok: true }, livekit: { ok: true }, room: {} };
    const diagnostics = async (roomId: string) => ({
      ...{ ...check, roomId },
      record: roomId === 'down' ? {} : { present: roomId === 'n1' },
    });
    api = makeTestApi({ nests: { diagnostics }, env: few });
    expect(await statuses(3, 'GET', '/api/v1/nests/guess/diagnostics')).toEqual([200, 200, 429]);
    expect(await statuses(1, 'GET', `${path}/diagnostics`)).toEqual([200]);
    expect(await statuses(1, 'GET', '/api/v1/nests/down/diagnostics')).toEqual([200]);
  });

  it('count nothing that is malformed or unsigned', async () => {
    start(few);
    await statuses(5, 'POST', `${path}/hand`, { by: anna, body: {} });
    await statuses(5, 'POST', `${path}/hand`, { body: { raised: true } });
    expect(await statuses(1, 'POST', `${path}/hand`, { by: anna, body: { raised: true } })).toEqual([204]);
  });

  it('can be switched off for load tests', async () => {
    start({ ...few, NESTS_UNSAFE_NO_LIMITS: 'on' });
    expect(await statuses(4, 'GET', `${path}/guest`)).toEqual([200, 200, 200, 200]);
  });

  it('believe X-Forwarded-For only from trusted proxies', async () => {
    start({ ...few, NESTS_TRUSTED_PROXIES: '10.0.0.0/8' });
    const via = (proxy: string, client: string): Ask => ({
      from: proxy,
      headers: { 'x-forwarded-for': client },
    });
    expect(await statuses(2, 'GET', `${path}/guest`, via('10.1.1.1', '198.51.100.1'))).toEqual([200, 200]);
    expect(await statuses(1, 'GET', `${path}/guest`, via('10.1.1.1', '198.51.100.2'))).toEqual([200]);
    expect(await statuses(1, 'GET', `${path}/guest`, via('10.1.1.2', '1.2.3.4, 198.51.100.1'))).toEqual([
      429,
    ]);
    const stranger = '203.0.113.9';
    for (const [claimed, status] of [
      ['a', 200],
      ['b', 200],
      ['c', 429],
    ] as const) {
      expect(
        await statuses(1, 'GET', `${path}/guest`, via(stranger, `192.0.2.${claimed.charCodeAt(0)}`)),
      ).toEqual([status]);
    }
  });
});

describe('the address that is counted', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:DB8::ffff:1:2:3:4', '2001:db8:0:ffff'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
  ])('of %s is %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });
});
