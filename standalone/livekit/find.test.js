import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageOf } from '../sentence.js';
import { scratch, shellScript } from '../testing/scratch.js';
import { tarGz } from '../testing/archives.js';
import { findLiveKit } from './find.js';

const ARCHIVE = 'livekit_1.13.5_linux_amd64.tar.gz';
const SERVER = '#!/bin/sh\necho livekit-server version 1.13.5\n';
const says = (/** @type {string} */ version) => `echo livekit-server version ${version}`;

/** A Go that can build anything, so long as it is a LiveKit. */
const GO = `
if [ "$1" = env ]; then echo go1.26.8; exit; fi
printf '#!/bin/sh\\necho livekit-server version 1.13.5\\n' > "$GOBIN/server"
/bin/chmod +x "$GOBIN/server"
echo "$*" > "$GOBIN/../asked"`;

/** @type {string} */
let home;
/** @type {string} */
let cache;
/** @type {string[]} */
let said;
/** @type {import('node:http').Server | undefined} */
let publisher;

beforeEach(async () => {
  home = await scratch();
  cache = join(home, 'cache');
  said = [];
});

afterEach(() => {
  publisher?.close();
  publisher = undefined;
});

/**
 * Somebody who publishes one archive.
 * @param {Buffer} archive
 */
async function publish(archive) {
  const server = createServer((request, response) => {
    if (request.url === `/v1.13.5/${ARCHIVE}`) response.end(archive);
    else response.writeHead(404).end();
  });
  publisher = server;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** @param {Partial<import('./release.js').Release>} [release] */
const nobody = (release = {}) => ({
  base: 'http://127.0.0.1:1',
  checksums: {},
  platform: 'linux',
  arch: 'x64',
  ...release,
});

/** @param {Partial<import('./find.js').Search>} [more] */
const find = (more = {}) =>
  findLiveKit({
    // Nothing but the fakes: this machine may have the real ones.
    env: { PATH: join(home, 'bin') },
    cache,
    say: (doing) => said.push(doing),
    release: nobody(),
    ...more,
  });

const onPath = (/** @type {string} */ version) =>
  shellScript(join(home, 'bin', 'livekit-server'), says(version));
const inCache = (/** @type {string} */ body) => shellScript(join(cache, 'livekit-server-1.13.5'), body);
const go = (/** @type {string} */ body) => shellScript(join(home, 'bin', 'go'), body);

describe('finding LiveKit', () => {
  it('takes the one on the PATH before all others', async () => {
    const path = await onPath('1.14.0');
    await inCache(says('1.13.5'));
    await go(GO);
    expect(await find()).toEqual({ path, from: `${path}, version 1.14.0` });
    expect(said).toEqual([]);
  });

  it('passes by one that is too old, and takes the copy in the cache', async () => {
    await onPath('1.9.12');
    const path = await inCache(says('1.13.5'));
    expect((await find()).path).toBe(path);
  });

  it('builds it with Go where it is nowhere, and keeps it for the next time', async () => {
    await go(GO);
    const { path, from } = await find();
    expect(path).toBe(join(cache, 'livekit-server-1.13.5'));
    expect(from).toContain('built from source');
    expect(await readFile(join(cache, 'asked'), 'utf8')).toContain(
      'install -ldflags=-s -w github.com/livekit/livekit-server/cmd/server@v1.13.5',
    );
    await go('echo the cache should have been enough >&2; exit 1');
    expect((await find()).path).toBe(path);
  });

  it('builds it again when the copy in the cache does not run, and clears up after itself', async () => {
    await inCache('exit 1');
    await mkdir(join(cache, 'livekit-being-made-by-one-who-was-killed'));
    await go(GO);
    expect((await find()).from).toContain('built from source');
    expect((await readdir(cache)).sort()).toEqual(['asked', 'livekit-server-1.13.5']);
  });

  it('downloads the official release where Go is too old, if its checksum is right', async () => {
    await go('echo go1.25.1');
    const archive = tarGz({ LICENSE: 'Apache', 'livekit-server': SERVER });
    const sum = createHash('sha256').update(archive).digest('hex');
    const found = await find({
      release: nobody({ base: await publish(archive), checksums: { [ARCHIVE]: sum } }),
    });
    expect(found.from).toContain('the official release');
    expect(await readFile(found.path, 'utf8')).toBe(SERVER);
  });

  it('refuses a release whose checksum is another', async () => {
    const archive = tarGz({ 'livekit-server': SERVER });
    const release = nobody({ base: await publish(archive), checksums: { [ARCHIVE]: '0'.repeat(64) } });
    await expect(find({ release })).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, and not 0000/);
    expect(await readdir(cache)).toEqual([]);
  });

  it('does not even download what it has no checksum for', async () => {
    let asked = false;
    const base = await publish(tarGz({ 'livekit-server': SERVER }));
    publisher?.prependListener('request', () => (asked = true));
    await expect(find({ release: nobody({ base }) })).rejects.toThrow(
      `this system has no checksum recorded (${ARCHIVE})`,
    );
    expect(asked).toBe(false);
  });

  it('says everything that was tried, why each failed, and the one thing to do', async () => {
    await onPath('1.8.0');
    await go('if [ "$1" = env ]; then echo go1.26.8; else echo go: no such host >&2; exit 1; fi');
    const checksums = { [ARCHIVE]: '0'.repeat(64) };
    const failure = await find({ release: nobody({ checksums }) }).catch(messageOf);
    const lines = typeof failure === 'string' ? failure.split('\n') : [];
    expect(lines[1]).toMatch(
      /on the PATH: .*livekit-server is LiveKit 1\.8\.0, and Nests needs 1\.13 or newer/,
    );
    expect(lines[2]).toMatch(/in the cache: there is no .*livekit-server-1\.13\.5/);
    expect(lines[3]).toBe('  - building with Go: go install failed: go: no such host');
    expect(lines[4]).toMatch(/the official release: http:\/\/127\.0\.0\.1:1\/.* could not be downloaded/);
    expect(lines.at(-1)).toMatch(/^Put livekit-server 1\.13\.5 on the PATH/);
  });

  it('says so where LiveKit publishes nothing for this system', async () => {
    await expect(find({ release: nobody({ platform: 'darwin', arch: 'arm64' }) })).rejects.toThrow(
      'LiveKit publishes no server for darwin on arm64',
    );
  });

  it('uses no other than the one that was named', async () => {
    await onPath('1.13.5');
    const named = await shellScript(join(home, 'mine'), says('1.13.9'));
    expect((await find({ named })).path).toBe(named);
    await expect(find({ named: join(home, 'missing') })).rejects.toThrow(
      /^NESTS_LIVEKIT_SERVER cannot be used/,
    );
  });

  it('is fetched once when two look for it at the same time', async () => {
    await go(`echo x >> ${join(home, 'builds')}\n${GO}`);
    await writeFile(join(home, 'builds'), '');
    const both = await Promise.all([find(), find()]);
    expect(new Set(both.map(({ path }) => path)).size).toBe(1);
    // One asks Go for its version and then builds: two calls.
    expect((await readFile(join(home, 'builds'), 'utf8')).length).toBe(4);
  });
});
