import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { makeHttpAuth } from '@nests/protocol/http-auth';
import { isGuestIdentity } from '@nests/protocol/identity';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp } from './app.ts';
import { openBacking, type Backing } from './backing.ts';
import type { App } from './http/parts.ts';
import { makePerson, testConfig, type Person } from './http/testing.ts';
import { randomIds } from './ids.ts';
import { makeLog } from './log.ts';
import { LiveKit } from './media/livekit.ts';
import { livekitBinary, startLiveKit, type TestLiveKit } from './media/testing.ts';
import { LiveKitWebhooks } from './media/webhooks.ts';
import { Metrics } from './metrics.ts';
import { systemClock } from './nests/clock.ts';
import { makeDomain, type Domain } from './nests/nests.ts';
import { makeSeal } from './nests/seal.ts';
import { verifyEvent } from './verify.ts';

const binary = livekitBinary();
const nests = '/api/v1/nests';

describe.skipIf(binary === null)('the whole API, with a real LiveKit and the embedded store', () => {
  const dir = mkdtempSync(`${tmpdir()}/nests-app-`);
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line) => lines.push(line) });
  const [anna, bert, carl] = [makePerson(), makePerson(), makePerson()];
  let livekit: TestLiveKit;
  let backing: Backing;
  let app: App;
  let media: LiveKit;
  let domain: Domain;
  let origin: string;

  beforeAll(async () => {
    livekit = await startLiveKit(binary!);
    const { settings } = livekit;
    const env = {
      LIVEKIT_URL: settings.url,
      LIVEKIT_API_KEY: settings.apiKey,
      LIVEKIT_API_SECRET: settings.apiSecret,
    };
    const config = testConfig({ ...env, NESTS_DATA_DIR: dir });
    const around = { clock: systemClock, ids: randomIds, log };
    backing = await openBacking(config, around);
    media = new LiveKit(settings);
    const ports = {
      ...around,
      media,
      store: backing.store,
      feed: backing.feed,
      seal: makeSeal(config.secrets),
    };
    domain = makeDomain(ports, { capacity: 100, createLimit: null });
    const webhooks = new LiveKitWebhooks(settings);
    app = buildApp({
      ...{ ...ports, config, nests: domain.nests, verify: verifyEvent, testToken: () => media.testToken() },
      metrics: new Metrics(config.version),
      readWebhook: (body, authorization) => webhooks.read(body, authorization),
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    await domain.nests.settled();
    await backing.close();
    await livekit.stop();
    rmSync(dir, { recursive: true });
  });

  const ask = async (
    method: string,
    path: string,
    asked: { by?: Person; session?: string; body?: unknown } = {},
  ) => {
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const signed = {
      url: `http://localhost:5544${path}`,
      ...{ method, nonce: randomUUID(), now: Math.floor(Date.now() / 1000) },
      ...(body === undefined ? {} : { body }),
    };
    const authorization = asked.by
      ? await makeHttpAuth(signed, asked.by.sign)
      : asked.session && `Bearer ${asked.session}`;
    const reply = await fetch(origin + path, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(authorization ? { authorization } : {}),
      },
      ...(body ? { body } : {}),
    });
    const text = await reply.text();
    return { status: reply.status, body: (text ? JSON.parse(text) : {}) as Record<string, unknown> };
  };
  const open = async (by: Person, options: object = {}) => {
    const { status, body } = await ask('PUT', nests, {
      by,
      body: { relays: ['wss://relay.example'], hls_stream: false, ...options },
    });
    expect(status).toBe(200);
    return { id: String(body['roomId']), token: String(body['token']), session: String(body['session']) };
  };
  const claims = (token: unknown) =>
    new TokenVerifier(livekit.settings.apiKey, livekit.settings.apiSecret).verify(String(token));
  const inside = async (room: string) => (await media.participants(room)).map(({ identity }) => identity);

  it('opens a nest whose token LiveKit accepts, and lets people and guests in', async () => {
    const nest = await open(anna);
    expect((await livekit.enter(nest.token)).status).toBe(101);
    const [joined, guest] = [
      await ask('GET', `${nests}/${nest.id}`, { by: bert }),
      await ask('GET', `${nests}/${nest.id}/guest`),
    ];
    expect([joined.status, guest.status]).toEqual([200, 200]);
    expect([joined.body['role'], guest.body['role']]).toEqual(['listener', 'guest']);
    for (const { body } of [joined, guest])
      expect((await livekit.enter(String(body['token']))).status).toBe(101);
    await vi.waitFor(async () => expect(await inside(`${nest.id}:1`)).toHaveLength(3), { timeout: 10_000 });
    const identities = await inside(`${nest.id}:1`);
    expect(identities.filter((identity) => identity.startsWith(`${bert.pubkey}:`))).toHaveLength(1);
    expect(identities.filter(isGuestIdentity)).toHaveLength(1);
    const renewed = await ask('POST', `${nests}/${nest.id}/token`, {
      session: String(joined.body['session']),
    });
    expect((await claims(renewed.body['token'])).sub).toBe((await claims(joined.body['token'])).sub);
  });

  it('changes the stage at the SFU, and removes and bans for good', async () => {
    const nest = await open(anna);
    const at = `${nests}/${nest.id}`;
    const joined = await ask('GET', at, { by: bert });
    await livekit.enter(String(joined.body['token']));
    await vi.waitFor(
      async () => expect(await media.participants(`${nest.id}:1`)).toMatchObject([{ canPublish: false }]),
      { timeout: 10_000 },
    );
    const invite = { participant: bert.pubkey, can_publish: true };
    expect((await ask('POST', `${at}/permissions`, { session: nest.session, body: invite })).status).toBe(
      201,
    );
    await vi.waitFor(
      async () =>
        expect(await media.participants(`${nest.id}:1`)).toMatchObject([
          { canPublish: true, attributes: { role: 'speaker' } },
        ]),
      { timeout: 10_000 },
    );
    expect((await ask('POST', `${at}/permissions`, { session: nest.session, body: invite })).status).toBe(
      204,
    );
    const info = (await ask('GET', `${at}/info`)).body;
    expect(info['speakers']).toEqual(expect.arrayContaining([anna.pubkey, bert.pubkey]));
    expect((await ask('POST', `${at}/permissions`, { by: carl, body: invite })).body['code']).toBe(
      'forbidden',
    );

    const ban = { participant: bert.pubkey, ban: true, reason: 'noise' };
    expect((await ask('POST', `${at}/remove`, { session: nest.session, body: ban })).status).toBe(204);
    await vi.waitFor(async () => expect(await inside(`${nest.id}:1`)).toEqual([]), { timeout: 10_000 });
    expect(await ask('GET', at, { by: bert })).toMatchObject({ status: 403, body: { code: 'banned' } });
    expect(await ask('POST', `${at}/token`, { session: String(joined.body['session']) })).toMatchObject({
      status: 403,
      body: { code: 'banned' },
    });
    expect((await ask('GET', `${at}/bans`, { session: nest.session })).body['bans']).toMatchObject([
      { pubkey: bert.pubkey, by: anna.pubkey, reason: 'noise' },
    ]);
    expect((await ask('DELETE', `${at}/bans/${bert.pubkey}`, { by: anna })).status).toBe(204);
    expect((await ask('GET', at, { by: bert })).status).toBe(200);
  });

  it('restarts a nest into a new room under its id, and tells who follows', async () => {
    const nest = await open(anna);
    const at = `${nests}/${nest.id}`;
    const feed = await fetch(`${origin}${at}/events`);
    const reader = feed.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const restarted = await ask('POST', `${at}/restart`, { by: anna });
    expect(restarted).toMatchObject({
      status: 200,
      body: { roomId: nest.id, generation: 2, isNewRoom: false, message: 'Nest restarted successfully' },
    });
    while (!heard.includes('event: restarted')) heard += (await reader.read()).value ?? '';
    expect(heard).toContain('data: {"type":"restarted","generation":2}');
    await reader.cancel();
    expect((await livekit.enter(String(restarted.body['token']))).status).toBe(101);
    expect(await ask('POST', `${at}/restart`, { by: bert })).toMatchObject({
      status: 403,
      body: { error: 'Only the host can restart the nest' },
    });
  });

  it('makes a new nest in place of a missing one, once, and knows it as the successor', async () => {
    const lost = randomUUID();
    const made = await ask('POST', `${nests}/${lost}/restart`, { by: anna });
    expect(made.body).toMatchObject({
      isNewRoom: true,
      originalRoomId: lost,
      generation: 1,
      message: 'Nest recreated with new room ID',
    });
    expect((await ask('POST', `${nests}/${lost}/restart`, { by: anna })).body['roomId']).toBe(
      made.body['roomId'],
    );
    expect((await ask('GET', `${nests}/${lost}/successor?host=${anna.pubkey}`)).body['roomId']).toBe(
      made.body['roomId'],
    );
    expect(lines.join('')).toContain(
      `Creating new nest ${String(made.body['roomId'])} to replace missing nest ${lost}`,
    );
  });

  it('ends a nest for everybody', async () => {
    const nest = await open(anna);
    expect((await ask('DELETE', `${nests}/${nest.id}`, { by: bert })).status).toBe(403);
    expect((await ask('DELETE', `${nests}/${nest.id}`, { by: anna })).status).toBe(204);
    for (const end of ['/info', '/guest', '/events']) {
      expect(await ask('GET', `${nests}/${nest.id}${end}`)).toMatchObject({
        status: 410,
        body: { error: 'This nest has ended' },
      });
    }
    await vi.waitFor(async () => expect(await media.rooms([`${nest.id}:1`])).toEqual([]), { timeout: 8000 });
  });

  it('lets members and holders of an invitation into an invite-only nest, and nobody else', async () => {
    const nest = await open(anna, { access: 'invite', guests: false });
    const at = `${nests}/${nest.id}`;
    expect((await ask('GET', `${at}/info`)).body).toEqual({ status: 'active', access: 'invite' });
    expect((await ask('GET', at, { by: bert })).body['code']).toBe('invite_only');
    expect((await ask('GET', `${at}/events`)).status).toBe(403);
    const invitation = await ask('POST', `${at}/invites`, { session: nest.session });
    expect(invitation.status).toBe(201);
    expect((await ask('POST', `${at}/join`, { by: bert, body: { secret: 'guess' } })).status).toBe(403);
    expect(
      (await ask('POST', `${at}/join`, { by: bert, body: { secret: invitation.body['secret'] } })).status,
    ).toBe(200);
    expect((await ask('PUT', `${at}/members/${carl.pubkey}`, { session: nest.session })).status).toBe(204);
    expect((await ask('GET', at, { by: carl })).status).toBe(200);
  });

  it('never makes an outage of LiveKit look like a missing nest', async () => {
    const nest = await open(anna);
    await domain.nests.settled();
    livekit.freeze();
    try {
      const asked = await Promise.all([
        ask('PUT', nests, { by: anna, body: { relays: ['wss://r.example'], hls_stream: false } }),
        ask('POST', `${nests}/${nest.id}/restart`, { by: anna }),
      ]);
      for (const { status, body } of asked)
        expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'livekit_unavailable' });
    } finally {
      livekit.thaw();
    }
    expect((await ask('GET', `${nests}/${nest.id}/info`)).body['generation']).toBe(1);
  });
});
