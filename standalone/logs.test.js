import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LogFile } from './log-file.js';
import { Logs, readable } from './logs.js';
import { scratch } from './testing/scratch.js';

describe('what the parts print', () => {
  it('goes into a file per part, errors also to the terminal', async () => {
    const folder = join(await scratch(), 'logs');
    /** @type {string[]} */
    const shown = [];
    const logs = new Logs(folder, (line) => shown.push(line), { all: false });
    logs.write('api', '{"level":30,"msg":"listening"}');
    logs.write('api', '{"level":50,"msg":"the store is down","err":{"code":"E"}}');
    logs.write('livekit', '{"level":"warn","msg":"small buffer"}');
    logs.close();
    expect(shown).toEqual(['api     the store is down err={"code":"E"}']);
    expect((await readFile(join(folder, 'api.log'), 'utf8')).split('\n')).toHaveLength(3);
    expect(await readFile(join(folder, 'livekit.log'), 'utf8')).toContain('small buffer');
    expect((await stat(join(folder, 'api.log'))).mode & 0o777).toBe(0o600);
  });

  it('is all shown while developing', async () => {
    /** @type {string[]} */
    const shown = [];
    const logs = new Logs(join(await scratch(), 'logs'), (line) => shown.push(line), { all: true });
    logs.write('relay', '{"msg":"relay listening","port":5545}');
    logs.close();
    expect(shown).toEqual(['relay   relay listening port=5545']);
  });

  it('is readable, whatever it is', () => {
    expect(readable('plain text')).toEqual({ text: 'plain text', error: false });
    expect(readable('{ no json')).toEqual({ text: '{ no json', error: false });
    expect(readable('{"level":"error","msg":"no","logger":"livekit"}')).toEqual({ text: 'no', error: true });
  });
});

describe('a log file', () => {
  it('keeps what earlier runs wrote, and is begun anew when it is large', async () => {
    const path = join(await scratch(), 'api.log');
    await writeFile(path, 'before\n');
    const log = new LogFile(path);
    log.write('after');
    const long = 'x'.repeat(6 * 1024 * 1024);
    log.write(long);
    log.write(long);
    log.write('last');
    log.close();
    expect((await readFile(`${path}.1`, 'utf8')).startsWith('before\nafter\nxxx')).toBe(true);
    const text = await readFile(path, 'utf8');
    expect(text.length).toBe(long.length + 1 + 'last\n'.length);
    expect(text.endsWith('last\n')).toBe(true);
  });
});
