import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './paths.js';
import { CommandFailed, run } from './run.js';

/**
 * Runs `npm start` as Node would if it were another version.
 * @param {string[]} words the command line
 * @param {string} [version] of Node
 * @returns {Promise<{code: 'good' | 'bad', said: string}>}
 */
async function start(words, version = process.versions.node) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  try {
    const said = await run(process.execPath, [
      '--import',
      preload,
      join(ROOT, 'standalone', 'start.js'),
      ...words,
    ]);
    return { code: 'good', said: said.trim() };
  } catch (error) {
    return { code: 'bad', said: error instanceof CommandFailed ? error.lastLines.join('\n') : String(error) };
  }
}

describe('npm start', () => {
  it.each(['18.20.4', '20.18.3', '21.7.0', '22.11.0'])(
    'tells Node %s in one sentence that it is too old',
    async (version) => {
      expect(await start(['--version'], version)).toEqual({
        code: 'bad',
        said: `Nests needs Node 20.19 or newer (of the 22 line, 22.12 or newer); this is Node ${version}.`,
      });
    },
  );

  it.each(['20.19.0', '22.12.0', '24.1.0'])('works on Node %s, and says its version', async (version) => {
    const about = /** @type {unknown} */ (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const { code, said } = await start(['--version'], version);
    expect(code).toBe('good');
    expect(about).toHaveProperty('version', said);
  });

  it('prints its help without starting anything', async () => {
    expect((await start(['--help'])).said).toMatch(/^npm start \[-- options\][^]*NESTS_PUBLIC_URL/);
  });

  it('says what it does not understand', async () => {
    const { code, said } = await start(['--prot', '80']);
    expect(code).toBe('bad');
    expect(said).toContain("'--prot'");
  });

  it('says which setting is wrong', async () => {
    expect(await start(['--data', ''])).toEqual({ code: 'bad', said: '\n--data names no folder.' });
  });
});
