import { decodeNaddr } from '@nests/protocol/address';
import { afterEach, describe, expect, it } from 'vitest';
import type { Entry, NestView } from '../nests/use-cases.ts';
import { makePerson, makeTestApi, type TestApi } from './testing.ts';

const id = '7f8c6a52-95a1-4a1e-8a3a-0d3f6a7c9b01';
const path = `/api/v1/nests/${id}`;
const anna = makePerson();
const bert = makePerson();
let api: TestApi;
const start = (...given: Parameters<typeof makeTestApi>): TestApi => (api = makeTestApi(...given));
afterEach(() => api.app.close());

const entry: Entry = {
  ...{ roomId: id, generation: 3, token: 'a.b.c', role: 'host', hls_stream: false },
  ...{ pubkey: anna.pubkey, identity: `${anna.pubkey}:1` },
};
const view: NestView = {
  ...{
    hidden: false,
    host: anna.pubkey,
    speakers: [anna.pubkey],
    admins: [anna.pubkey],
    participantCount: 2,
  },
  ...{ createdAt: 1, status: 'active', access: 'public', guests: true, hls_stream: false, generation: 3 },
  relays: ['wss://relay.example'],
};

describe('making nests', () => {
  it('answers with the room, the endpoints, a token and a session, never to be cached', async () => {
    let asked: unknown;
    start({
      nests: {
        create: async (pubkey, options) => {
          asked = { pubkey, options };
          return { roomId: id, generation: 1, identity: entry.identity, hls_stream: true, entry };
        },
      },
    });
    const options = { relays: ['wss://relay.example'], hls_stream: true, guests: false };
    const reply = await api.ask('PUT', '/api/v1/nests', { by: anna, body: { ...options, unknown: 1 } });
    expect(reply.status).toBe(200);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.body).toEqual({
      roomId: id,
      generation: 1,
      endpoints: ['ws+livekit://localhost:7880', `http://localhost:5544/api/v1/live/${id}/live.m3u8`],
      token: 'a.b.c',
      session: expect.stringMatching(/^n1\./) as string,
    });
    expect(asked).toEqual({ pubkey: anna.pubkey, options });
  });

  it('gives no token for a planned nest', async () => {
    start({
      nests: { create: async () => ({ roomId: id, generation: 0, identity: 'i', hls_stream: false }) },
    });
    const reply = await api.ask('PUT', '/api/v1/nests', {
      by: anna,
      body: { relays: ['wss://r.example'], hls_stream: false, starts: 2_000_000_000 },
    });
    expect(reply.body).not.toHaveProperty('token');
    expect(reply.body).toMatchObject({ generation: 0, session: expect.any(String) as string });
  });

  it('starts a planned one with the same reply', async () => {
    const identities: (string | undefined)[] = [];
    start({
      nests: {
        start: async (_id, _pubkey, identity) => {
          identities.push(identity);
          return entry;
        },
      },
    });
    const reply = await api.ask('POST', `${path}/start`, { by: anna });
    await api.ask('POST', `${path}/start`, { session: String(reply.body['session']) });
    expect(identities).toEqual([undefined, entry.identity]);
    expect(Object.keys(reply.body).sort()).toEqual(['endpoints', 'generation', 'roomId', 'session', 'token']);
  });

  it('changes only what is named', async () => {
    let changes: unknown;
    start({
      nests: {
        patch: async (_id, _actor, asked) => {
          changes = asked;
          return view;
        },
      },
    });
    const reply = await api.ask('PATCH', path, { by: anna, body: { guests: false } });
    expect(reply).toMatchObject({
      status: 200,
      body: { host: anna.pubkey, link: expect.stringMatching(/^naddr1/) as string },
    });
    expect(changes).toEqual({ guests: false });
  });
});

describe('entering', () => {
  it('by key, with an invitation’s secret, or as a guest: token, session, role, generation, endpoints', async () => {
    const asked: unknown[] = [];
    start({
      nests: {
        join: async (_id, actor, secret) => {
          asked.push([actor.by, secret]);
          return entry;
        },
        guest: async () => ({ ...entry, role: 'guest', pubkey: null, identity: 'guest-1' }),
      },
    });
    const byKey = await api.ask('GET', path, { by: anna });
    const invited = await api.ask('POST', `${path}/join`, { by: anna, body: { secret: 's3' } });
    const guest = await api.ask('GET', `${path}/guest`);
    const seat = { token: 'a.b.c', generation: 3, endpoints: ['ws+livekit://localhost:7880'] };
    for (const [reply, role] of [
      [byKey, 'host'],
      [invited, 'host'],
      [guest, 'guest'],
    ] as const) {
      expect(reply.body).toEqual({ ...seat, role, session: expect.stringMatching(/^n1\./) as string });
      expect(reply.headers['cache-control']).toBe('no-store');
    }
    expect(asked).toEqual([
      ['key', undefined],
      ['key', 's3'],
    ]);
  });

  it('says wss+livekit for a LiveKit behind TLS', async () => {
    start({ nests: { guest: async () => entry }, env: { LIVEKIT_PUBLIC_URL: 'wss://livekit.example/' } });
    const { body } = await api.ask('GET', `${path}/guest`);
    expect(body['endpoints']).toEqual(['wss+livekit://livekit.example']);
  });
});

describe('reading', () => {
  it('tells everything about a public nest, and names it by naddr', async () => {
    start({ nests: { info: async () => view } });
    const { status, body } = await api.ask('GET', `${path}/info`);
    expect(status).toBe(200);
    const { link, ...rest } = body;
    expect(decodeNaddr(String(link))).toEqual({ host: anna.pubkey, d: id, relays: ['wss://relay.example'] });
    const { hidden: _, relays: __, ...known } = view;
    expect(rest).toEqual({ ...known, recording: false });
  });

  it('names a nest readably though a relay of it is too long for that', async () => {
    const relays = [`wss://relay.example/${'é'.repeat(120)}`, 'wss://relay.example'];
    start({ nests: { info: async () => ({ ...view, relays }) } });
    const { body } = await api.ask('GET', `${path}/info`);
    expect(decodeNaddr(String(body['link']))?.relays).toEqual(['wss://relay.example']);
  });

  it('tells strangers of an invite-only nest no more than that', async () => {
    start({ nests: { info: async () => ({ hidden: true, status: 'active', access: 'invite' }) } });
    expect((await api.ask('GET', `${path}/info`)).body).toEqual({ status: 'active', access: 'invite' });
  });

  it('lists live nests with their links', async () => {
    const nest = {
      roomId: id,
      host: anna.pubkey,
      participantCount: 2,
      speakers: [],
      hls_stream: false,
      createdAt: 1,
      startedAt: 2,
    };
    start({ nests: { list: async () => [{ ...nest, relays: [] }] } });
    expect((await api.ask('GET', '/api/v1/nests')).body).toEqual({
      nests: [{ ...nest, link: expect.stringMatching(/^naddr1/) as string }],
    });
  });

  it('knows where a host went', async () => {
    start({
      nests: { successor: async (_id, host) => ({ roomId: `new-of-${host.slice(0, 4)}`, relays: [] }) },
    });
    const { body } = await api.ask('GET', `${path}/successor?host=${anna.pubkey}`);
    expect(body['roomId']).toBe(`new-of-${anna.pubkey.slice(0, 4)}`);
    expect(decodeNaddr(String(body['link']))?.host).toBe(anna.pubkey);
    expect(await api.ask('GET', `${path}/successor`)).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
    expect((await api.ask('GET', `${path}/successor?host=ABC`)).status).toBe(400);
  });

  it('diagnoses', async () => {
    const found = {
      ...{ roomId: id, store: { ok: true }, livekit: { ok: false, message: 'x' } },
      ...{ record: { present: false }, room: {} },
    };
    start({ nests: { diagnostics: async () => found } });
    expect((await api.ask('GET', `${path}/diagnostics`)).body).toEqual({ ...found, serverTime: api.now });
  });
});

describe('acting', () => {
  it('answers 201 when a permission changed something, 204 when not', async () => {
    let changed = true;
    start({ nests: { permissions: async () => ({ changed }) } });
    const body = { participant: bert.pubkey, can_publish: true };
    expect(await api.ask('POST', `${path}/permissions`, { by: anna, body })).toMatchObject({
      status: 201,
      text: '',
    });
    changed = false;
    expect((await api.ask('POST', `${path}/permissions`, { by: anna, body })).status).toBe(204);
    expect(
      (await api.ask('POST', `${path}/permissions`, { by: anna, body: { participant: 'bert' } })).status,
    ).toBe(400);
  });

  it.each([
    ['POST', '/hand', { raised: true }, 'hand'],
    ['POST', '/remove', { participant: 'guest-a', ban: false }, 'remove'],
    ['DELETE', '', undefined, 'end'],
    ['DELETE', `/bans/${'b'.repeat(64)}`, undefined, 'unban'],
    ['PUT', `/members/${'b'.repeat(64)}`, undefined, 'addMember'],
    ['DELETE', `/members/${'b'.repeat(64)}`, undefined, 'removeMember'],
    ['DELETE', '/invites/i1', undefined, 'revokeInvite'],
  ] as const)('%s %s is 204 when it is done', async (method, end, body, useCase) => {
    start({ nests: { [useCase]: async () => undefined } });
    expect(await api.ask(method, path + end, { by: anna, body })).toMatchObject({ status: 204, text: '' });
    expect(api.called).toEqual([useCase]);
  });

  it('lists bans and invitations, and tells an invitation’s secret once', async () => {
    const ban = { pubkey: bert.pubkey, by: anna.pubkey, at: 5 };
    const invite = { id: 'i1', by: anna.pubkey, at: 6 };
    start({
      nests: {
        bans: async () => [{ ...ban, moved: true }],
        invites: async () => [invite],
        invite: async () => ({ id: 'i1', secret: 's3' }),
      },
    });
    expect((await api.ask('GET', `${path}/bans`, { by: anna })).body).toEqual({ bans: [ban] });
    expect((await api.ask('GET', `${path}/invites`, { by: anna })).body).toEqual({ invites: [invite] });
    const made = await api.ask('POST', `${path}/invites`, { by: anna });
    expect(made).toMatchObject({ status: 201, body: { id: 'i1', secret: 's3' } });
    expect(made.headers['cache-control']).toBe('no-store');
  });

  it('wants keys in addresses to be keys', async () => {
    start({ nests: { addMember: async () => undefined } });
    expect(await api.ask('PUT', `${path}/members/bert`, { by: anna })).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
  });
});

describe('restarting', () => {
  it('of a known nest says so to the letter', async () => {
    start({ nests: { restart: async () => ({ isNewRoom: false, entry }) } });
    const { status, body } = await api.ask('POST', `${path}/restart`, { by: anna });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ roomId: id, generation: 3, endpoints: ['ws+livekit://localhost:7880'], token: 'a.b.c' },
      session: expect.stringMatching(/^n1\./) as string,
      message: 'Nest restarted successfully',
      isNewRoom: false,
    });
  });

  it('of a missing nest says which new one took its place, with the relays of the old event', async () => {
    let relays: unknown;
    start({
      nests: {
        restart: async (_id, _pubkey, options) => {
          relays = options?.relays;
          return { isNewRoom: true, originalRoomId: 'gone', entry };
        },
      },
    });
    const { body } = await api.ask('POST', '/api/v1/nests/gone/restart', {
      by: anna,
      body: { relays: ['wss://r.example'] },
    });
    expect(body).toMatchObject({
      roomId: id,
      message: 'Nest recreated with new room ID',
      isNewRoom: true,
      originalRoomId: 'gone',
    });
    expect(relays).toEqual(['wss://r.example']);
  });
});

describe('the test token', () => {
  it('is shown by its beginning', async () => {
    start({ parts: { testToken: async () => 'x'.repeat(200) } });
    const { body } = await api.ask('GET', '/debug/test-token');
    expect(body).toEqual({
      success: true,
      tokenType: 'string',
      tokenLength: 200,
      tokenPreview: `${'x'.repeat(50)}...`,
      isValidString: true,
    });
  });

  it.each([[{}], [''], [undefined]])('that is %j is a failure, and the log says so', async (token) => {
    start({ parts: { testToken: async () => token } });
    expect(await api.ask('GET', '/debug/test-token')).toMatchObject({
      status: 500,
      body: { code: 'token_failed', error: 'Failed to generate access token' },
    });
    expect(api.logged()).toContain('JWT generation failed:');
    expect(api.logged().match(/"level":"error"/g)).toHaveLength(1);
  });

  it('does not exist where it is switched off', async () => {
    start({ env: { NESTS_DEBUG: 'off' } });
    expect(await api.ask('GET', '/debug/test-token')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });
});
