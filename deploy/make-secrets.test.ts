import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './testing/compose.ts';
import { hasProgram, run } from './testing/host.ts';

describe.runIf(hasProgram('bash'))('deploy/make-secrets.sh', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nests-secrets-'));
    for (const name of ['deploy', 'bin']) mkdirSync(path.join(folder, name));
    cpSync(path.join(ROOT, 'deploy/make-secrets.sh'), path.join(folder, 'deploy/make-secrets.sh'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string): string => path.join(folder, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');

  /** Runs the script as somebody with that id; who gets the files is only written down. */
  async function makeAs(uid: number): Promise<void> {
    const programs = { id: `echo ${uid}`, chown: `echo "$*" > '${at('owner')}'` };
    for (const [name, body] of Object.entries(programs)) {
      writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${body}\n`);
      chmodSync(at(`bin/${name}`), 0o755);
    }
    const env = { PATH: `${at('bin')}:${process.env['PATH']}` };
    const { code, output } = await run(['bash', at('deploy/make-secrets.sh')], env);
    expect(code, output).toBe(0);
  }

  it('leaves what is there alone', async () => {
    await makeAs(1000);
    const made = read('deploy/secrets/nests_secret');
    expect(made.trim().length).toBeGreaterThanOrEqual(32);
    expect(read('deploy/secrets/livekit_keys')).toBe(`nests: ${read('deploy/secrets/livekit_secret')}`);
    await makeAs(1000);
    expect(read('deploy/secrets/nests_secret')).toBe(made);
  });

  it('tells Compose who made them, once, and spoils no line that is there', async () => {
    writeFileSync(at('.env'), 'NESTS_DOMAIN=nests.example.com');
    await makeAs(1234);
    await makeAs(1234);
    expect(read('.env').split('\n')).toEqual([
      'NESTS_DOMAIN=nests.example.com',
      'NESTS_UID=1234',
      'NESTS_GID=1234',
      '',
    ]);
  });

  it.each([
    ['', '1000:1000'],
    ['NESTS_UID=1234\nNESTS_GID="4321"\n', '1234:4321'],
  ])('made by root with %j in .env, belong to %s', async (env, owner) => {
    writeFileSync(at('.env'), env);
    await makeAs(0);
    expect(read('owner')).toBe(`-R ${owner} secrets\n`);
  });
});
