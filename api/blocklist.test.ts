import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeNpub } from '@nests/protocol/address';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBlocklist, readKeys, type Blocklist } from './blocklist.ts';
import { makePerson, makeTestApi, testConfig, type TestApi } from './http/testing.ts';
import { makeLog } from './log.ts';
import { person, World } from './nests/testing/world.ts';

const ID = '3f333333-3333-4333-8333-333333333333';
const NESTS = '/api/v1/nests';

describe('reading keys', () => {
  const { pubkey } = makePerson();
  it('takes hex and npub, one a line or with commas, and comments', () => {
    const other = makePerson().pubkey;
    const text = `# people\n${pubkey.toUpperCase()} # spam\n\n ${encodeNpub(other)}, ${pubkey}\r\n`;
    expect(readKeys(text)).toEqual({ keys: [pubkey, other], problems: [] });
  });

  it('says which line is no key, without repeating it', () => {
    expect(readKeys(`${pubkey}\nnsec1secret\n${pubkey.slice(1)}`)).toEqual({
      keys: [pubkey],
      problems: [
        'line 2 is neither a public key in hex nor an npub',
        'line 3 is neither a public key in hex nor an npub',
      ],
    });
  });
});

describe('a blocked key', () => {
  const blocked = makePerson();
  const fine = makePerson();
  let api: TestApi;
  beforeEach(() => {
    api = makeTestApi({ parts: { isBlocked: (pubkey) => pubkey === blocked.pubkey } });
  });
  afterEach(() => api.app.close());

  it.each([
    ['create', 'PUT', NESTS, { relays: ['wss://relay.example.com'], hls_stream: false }],
    ['join', 'GET', `${NESTS}/${ID}`, undefined],
    ['restart', 'POST', `${NESTS}/${ID}/restart`, undefined],
    ['raise a hand', 'POST', `${NESTS}/${ID}/hand`, { raised: true }],
  ])('cannot %s, and nothing was asked of any nest', async (_what, method, path, body) => {
    const ask = body === undefined ? {} : { body };
    expect(await api.ask(method, path, { by: blocked, ...ask })).toMatchObject({
      status: 403,
      body: { code: 'blocked', error: 'The operator of this server has blocked this key' },
    });
    expect(api.called).toEqual([]);
    expect((await api.ask(method, path, { by: fine, ...ask })).body['code']).toBe('room_not_found');
  });

  it('cannot go on with a session from before', async () => {
    await api.app.close();
    let isBlocked = false;
    api = makeTestApi({
      parts: { isBlocked: () => isBlocked },
      nests: {
        create: async (pubkey) => ({
          roomId: ID,
          identity: `${pubkey}:device`,
          generation: 0,
          hls_stream: false,
        }),
      },
    });
    const body = { relays: ['wss://relay.example.com'], hls_stream: false };
    const session = String((await api.ask('PUT', NESTS, { by: blocked, body })).body['session']);
    expect((await api.ask('POST', `${NESTS}/${ID}/token`, { session })).body['code']).toBe('room_not_found');
    isBlocked = true;
    expect((await api.ask('POST', `${NESTS}/${ID}/token`, { session })).body['code']).toBe('blocked');
  });

  it('is told a wrong signature before anything else', async () => {
    const header = await api.header(blocked, 'GET', `${NESTS}/other`);
    const reply = await api.ask('GET', `${NESTS}/${ID}`, { headers: { authorization: header } });
    expect(reply).toMatchObject({ status: 401, body: { code: 'auth_url' } });
  });
});

describe('the file', () => {
  const first = makePerson().pubkey;
  const second = makePerson().pubkey;
  let dir: string;
  let file: string;
  let list: Blocklist | undefined;
  const lines: string[] = [];
  const log = makeLog('info', { write: (line) => lines.push(line) });
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'nests-blocklist-'));
    file = path.join(dir, 'blocked');
    lines.length = 0;
  });
  afterEach(() => {
    list?.close();
    rmSync(dir, { recursive: true });
  });

  it('is read again when it changes; what cannot be read blocks nobody less', async () => {
    writeFileSync(file, `${first}\n`);
    list = openBlocklist({ keys: [], file }, log, 10);
    expect([list.has(first), list.has(second)]).toEqual([true, false]);

    writeFileSync(`${file}.new`, `${encodeNpub(second)} # more\nnonsense\n`);
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect(list?.has(second)).toBe(true), { timeout: 5000 });
    expect(list.has(first)).toBe(false);
    expect(lines.join('')).toContain('line 2 is neither');

    rmSync(file);
    await vi.waitFor(() => expect(lines.join('')).toContain('cannot be read'), { timeout: 5000 });
    expect(list.has(second)).toBe(true);
  });

  it('is a setting; a key among the settings themselves must be right', () => {
    writeFileSync(file, `${first}\nnonsense\n`);
    expect(testConfig({ NESTS_BLOCKED_KEYS_FILE: file }).blocked).toEqual({ keys: [first], file });
    expect(testConfig({ NESTS_BLOCKED_KEYS: `${first},${encodeNpub(second)}` }).blocked).toEqual({
      keys: [first, second],
    });
    expect(() => testConfig({ NESTS_BLOCKED_KEYS: 'nonsense' })).toThrow('NESTS_BLOCKED_KEYS: line 1');
    expect(() => testConfig({ NESTS_BLOCKED_KEYS_FILE: `${file}.not` })).toThrow('cannot be read');
  });
});

describe('a key that the operator blocks', () => {
  it('is taken out of every nest by the next sweep, and stays out', async () => {
    const blocked = new Set<string>();
    const guarded = new World({ isBlocked: (pubkey) => blocked.has(pubkey) });
    const { roomId } = await guarded.openNest(person('host'));
    const inside = await guarded.enter(roomId, person('ann'));
    const guest = await guarded.enter(roomId, 'guest');
    await guarded.sweep.once('all');
    expect([inside.isInside(), guest.isInside()]).toEqual([true, true]);

    blocked.add(person('ann').pubkey);
    await guarded.sweep.once('all');
    expect([inside.isInside(), guest.isInside()]).toEqual([false, true]);
    expect(guarded.repairs.person_removed).toBe(1);
  });
});
