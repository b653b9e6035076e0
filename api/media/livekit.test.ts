import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MediaUnavailable } from '../nests/ports.ts';
import { LiveKit } from './livekit.ts';
import { livekitBinary, startLiveKit, type TestLiveKit } from './testing.ts';

const anna = 'a'.repeat(64);
const binary = livekitBinary();
const options = { metadata: 'sealed', maxParticipants: 10 };
let names = 0;
const newName = () => `nest-${++names}:1`;

describe.skipIf(binary === null)('LiveKit, the real one', () => {
  let server: TestLiveKit;
  let media: LiveKit;
  beforeAll(async () => {
    server = await startLiveKit(binary!);
    media = new LiveKit(server.settings);
  });
  afterAll(() => server.stop());

  const enter = async (
    room: string,
    who: { identity: string; canPublish: boolean; role: 'host' | 'guest'; pubkey?: string },
  ) => server.enter(await media.token({ room, ttlS: 60, ...who }));
  const host = { identity: `${anna}:1`, pubkey: anna, role: 'host', canPublish: true } as const;
  const guest = { identity: 'guest-1', role: 'guest', canPublish: false } as const;

  it('makes, finds and deletes a room', async () => {
    const name = newName();
    const room = await media.createRoom(name, options);
    expect(room).toMatchObject({ name, metadata: 'sealed', participants: 0 });
    expect(room.sid).toMatch(/^RM_/);
    expect(Math.abs(Date.now() - room.createdAt)).toBeLessThan(60_000);
    expect(await media.rooms([name, 'another:1'])).toMatchObject([{ name, sid: room.sid }]);
    expect(await media.createRoom(name, { ...options, metadata: 'changed' })).toMatchObject({
      sid: room.sid,
      metadata: 'sealed',
    });
    expect(await media.setMetadata(name, 'changed')).toBe(true);
    expect(await media.rooms([name])).toMatchObject([{ metadata: 'changed' }]);
    expect(await media.deleteRoom(name)).toBe(true);
    expect(await media.rooms([name])).toEqual([]);
  });

  it('lists all rooms, and none for an empty list of names', async () => {
    const name = newName();
    await media.createRoom(name, options);
    expect((await media.rooms()).map((room) => room.name)).toContain(name);
    expect(await media.rooms([])).toEqual([]);
  });

  it('says no about rooms and people that are not there, and never fails for them', async () => {
    const missing = newName();
    const empty = newName();
    await media.createRoom(empty, options);
    expect(await media.participants(missing)).toEqual([]);
    expect(await media.setMetadata(missing, 'x')).toBe(false);
    await media.send(missing, { type: 'ended' });
    for (const room of [missing, empty]) {
      expect(await media.setRole(room, host.identity, host)).toBe(false);
      expect(await media.muteMicrophone(room, host.identity)).toBe(0);
      expect(await media.remove(room, host.identity)).toBe(false);
    }
  });

  it('lets in who has a token, as what the token says, and nobody into a room that is gone', async () => {
    const room = newName();
    await media.createRoom(room, options);
    expect((await enter(room, host)).status).toBe(101);
    expect((await enter(room, guest)).status).toBe(101);
    await vi.waitFor(async () => expect(await media.participants(room)).toHaveLength(2), { timeout: 10_000 });
    const people = await media.participants(room);
    const [first, second] = people.sort((a, b) => a.identity.localeCompare(b.identity));
    expect(first).toMatchObject({ identity: host.identity, canPublish: true, hidden: false, publishing: [] });
    expect(first?.attributes).toEqual({ role: 'host', pubkey: anna });
    expect(Math.abs(Date.now() - first!.joinedAt)).toBeLessThan(60_000);
    expect(second).toMatchObject({ identity: 'guest-1', canPublish: false });
    expect(second?.attributes).toEqual({ role: 'guest' });
    await media.send(room, { type: 'restarted', generation: 2 });
    expect((await enter(newName(), guest)).status).toBe(404);
  });

  it('changes what somebody may do, and puts people out', async () => {
    const room = newName();
    await media.createRoom(room, options);
    await enter(room, { ...host, canPublish: false });
    await vi.waitFor(async () => expect(await media.participants(room)).toHaveLength(1), { timeout: 10_000 });
    expect(
      await media.setRole(room, host.identity, { role: 'speaker', pubkey: anna, canPublish: true }),
    ).toBe(true);
    expect(await media.participants(room)).toMatchObject([
      { canPublish: true, attributes: { role: 'speaker', pubkey: anna } },
    ]);
    expect(
      await media.setRole(room, host.identity, { role: 'listener', pubkey: anna, canPublish: false }),
    ).toBe(true);
    expect(await media.participants(room)).toMatchObject([
      { canPublish: false, attributes: { role: 'listener' } },
    ]);
    expect(await media.muteMicrophone(room, host.identity)).toBe(0);
    expect(await media.remove(room, host.identity)).toBe(true);
    await vi.waitFor(async () => expect(await media.participants(room)).toEqual([]), { timeout: 10_000 });
  });

  it('counts as unavailable with wrong keys, never as empty', async () => {
    const stranger = new LiveKit({ ...server.settings, apiSecret: 'b'.repeat(40) });
    await expect(stranger.rooms()).rejects.toBeInstanceOf(MediaUnavailable);
    await expect(stranger.ping()).rejects.toThrow(/LiveKit ListRooms: 401/);
    await media.ping();
  });

  it('counts as unavailable while it is frozen', async () => {
    const impatient = new LiveKit({ ...server.settings, timeoutS: 0.2 });
    server.freeze();
    try {
      await expect(impatient.participants(newName())).rejects.toBeInstanceOf(MediaUnavailable);
      await expect(impatient.deleteRoom(newName())).rejects.toBeInstanceOf(MediaUnavailable);
    } finally {
      server.thaw();
    }
    await media.ping();
  });
});

describe('LiveKit out of reach', () => {
  const settings = { apiKey: 'k', apiSecret: 's'.repeat(32) };

  it('is unavailable, whatever is asked', async () => {
    const media = new LiveKit({ ...settings, url: 'ws://127.0.0.1:1' });
    for (const call of [
      () => media.createRoom('r', options),
      () => media.rooms(['r']),
      () => media.participants('r'),
      () => media.setMetadata('r', 'm'),
      () => media.deleteRoom('r'),
      () => media.setRole('r', 'i', { role: 'guest', canPublish: false }),
      () => media.muteMicrophone('r', 'i'),
      () => media.remove('r', 'i'),
      () => media.send('r', { type: 'ended' }),
      () => media.ping(),
    ]) {
      await expect(call()).rejects.toBeInstanceOf(MediaUnavailable);
    }
  });

  it.each([
    ['a 404 of a proxy', 404, 'text/html', '<h1>Not Found</h1>'],
    ['a 404 in JSON that is not LiveKit’s', 404, 'application/json', '{"message":"no route"}'],
    ['a 502', 502, 'text/html', 'Bad Gateway'],
    ['an answer that is no answer', 200, 'application/json', 'hello'],
  ])('is not mistaken for "not there" because of %s', async (_, status, type, body) => {
    const proxy = createServer((_request, reply) =>
      reply.writeHead(status, { 'content-type': type }).end(body),
    );
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const media = new LiveKit({
      ...settings,
      url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    });
    await expect(media.participants('r')).rejects.toBeInstanceOf(MediaUnavailable);
    await expect(media.deleteRoom('r')).rejects.toBeInstanceOf(MediaUnavailable);
    proxy.close();
  });
});

describe('a LiveKit where the node of a room is silent', () => {
  /** Answers as LiveKit does: it lists the room or not, and no node answers for it. */
  const silent = async (listed: boolean) => {
    const server = createServer((request, reply) => {
      const asksRooms = request.url?.endsWith('ListRooms') ?? false;
      const body = asksRooms
        ? { rooms: listed ? [{ name: 'r:1', sid: 'RM_1' }] : [] }
        : { code: 'unavailable', msg: 'twirp error unknown: no response from servers' };
      reply
        .writeHead(asksRooms ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      media: new LiveKit({ url: `http://127.0.0.1:${port}`, apiKey: 'k', apiSecret: 's' }),
      stop: () => server.close(),
    };
  };

  it('has nobody in a room that it does not list', async () => {
    const { media, stop } = await silent(false);
    expect(await media.participants('r:1')).toEqual([]);
    await media.send('r:1', { type: 'ended' });
    stop();
  });

  it('is waited for as long as the asker is patient', async () => {
    const held: (() => void)[] = [];
    const server = createServer((request, reply) => {
      const answer = (body: object) =>
        reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url?.endsWith('ListRooms')) answer({ rooms: [] });
      else held.push(() => answer({ participants: [{ identity: 'guest-1', sid: 'PA_1' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const media = new LiveKit({ url: `http://127.0.0.1:${port}`, apiKey: 'k', apiSecret: 's' });
    const patient = media.participants('r:1', 60_000);
    expect(await media.participants('r:1', 300)).toEqual([]);
    for (const reply of held) reply();
    expect(await patient).toMatchObject([{ identity: 'guest-1' }]);
    server.close();
  });

  it('is unavailable for a room that it lists', async () => {
    const { media, stop } = await silent(true);
    await expect(media.participants('r:1')).rejects.toThrow(MediaUnavailable);
    await expect(media.send('r:1', { type: 'ended' })).rejects.toThrow(MediaUnavailable);
    stop();
  });
});

describe('tokens', () => {
  const settings = { url: 'ws://127.0.0.1:1', apiKey: 'k', apiSecret: 's'.repeat(32) };
  const media = new LiveKit(settings);
  const verifier = new TokenVerifier(settings.apiKey, settings.apiSecret);

  it('write out every grant, because an absent one means yes', async () => {
    const speaker = { role: 'speaker', pubkey: anna, canPublish: true } as const;
    const claims = await verifier.verify(
      await media.token({ room: 'r:1', identity: `${anna}:x`, ttlS: 600, ...speaker }),
    );
    expect(claims).toMatchObject({
      sub: `${anna}:x`,
      iss: 'k',
      attributes: { role: 'speaker', pubkey: anna },
    });
    expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(600);
    expect(claims.video).toEqual({
      room: 'r:1',
      roomJoin: true,
      canSubscribe: true,
      canPublish: true,
      canPublishSources: ['microphone'],
      canPublishData: false,
      canUpdateOwnMetadata: false,
      roomAdmin: false,
      roomCreate: false,
      roomList: false,
      roomRecord: false,
      hidden: false,
    });
  });

  it('of guests only listen', async () => {
    const claims = await verifier.verify(
      await media.token({ room: 'r:1', identity: 'guest-1', ttlS: 60, role: 'guest', canPublish: false }),
    );
    expect(claims.video).toMatchObject({
      canPublish: false,
      canPublishSources: [],
      canSubscribe: true,
      canPublishData: false,
    });
    expect(claims.attributes).toEqual({ role: 'guest' });
  });

  it('for looking at are expired and grant nothing', async () => {
    const token = await media.testToken();
    await expect(verifier.verify(token)).rejects.toThrow(/exp/);
    const payload = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
      video: Record<string, unknown>;
    };
    expect(Object.entries(payload.video).filter(([, granted]) => granted === true)).toEqual([]);
  });
});
