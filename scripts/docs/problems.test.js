import { describe, expect, it } from 'vitest';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMarkdown } from './markdown.js';
import { problemsOf } from './problems.js';
import { surroundings } from './repository.js';

const files = new Set([
  'docs',
  'docs/guide.md',
  'docs/other.md',
  'scripts',
  'scripts/test.js',
  'api',
  'api/config.ts',
]);

/** @type {import('./repository.js').Surroundings} */
const about = {
  exists: (path) => files.has(path) || path === 'scripts/*.js',
  read: (path) => (path === 'docs/other.md' ? '# Other\n\n## What to do?\n' : undefined),
  folders: new Set(['docs', 'scripts', 'api']),
  scripts: new Set(['start', 'test']),
  routes: [
    { method: 'GET', path: '/health' },
    { method: 'GET', path: '/api/v1/nests/:id/info' },
    { method: 'DELETE', path: '/api/v1/nests/:id' },
  ],
  pages: ['/create', '/nest/:id'],
  known: (name) => name === 'NESTS_SECRET',
};

const problems = (/** @type {string} */ text) =>
  problemsOf({ path: 'docs/guide.md', text }, about).map((line) => line.replace('docs/guide.md:', ''));

describe('what documents name', () => {
  it('may be there', () => {
    const text = [
      '# Guide',
      'Look at [the other](other.md#what-to-do), [here](#guide), [code](../api/config.ts), [far](https://a.example/b).',
      'Run `npm start`, `npm test -- --only unit`, `npm ci`, `./scripts/test.js`, `scripts/*.js`, or `api/dist/main.js`.',
      'Ask `GET /health`, `DELETE /api/v1/nests/<room id>`, `GET /api/v1/nests/:id/info`; open `/nest/<id>`.',
      'Set `NESTS_SECRET` or `NESTS_SECRET_FILE`; read `text/event-stream` and `application/json`.',
      '```sh',
      'curl -s http://localhost:5544/api/v1/nests/$ID/info',
      'curl -X DELETE http://localhost:5544/api/v1/nests/1',
      '```',
      'In prose, scripts/nowhere.js may be named.',
    ].join('\n');
    expect(problems(text)).toEqual([]);
  });

  it.each([
    ['[x](missing.md)', '1: there is no docs/missing.md'],
    ['[x](other.md#nothing)', '1: docs/other.md has no heading #nothing'],
    ['[x](#nothing)', '1: docs/guide.md has no heading #nothing'],
    ['[x]: ../api/gone.ts', '1: there is no api/gone.ts'],
    ['`scripts/gone.sh`', '1: there is no scripts/gone.sh'],
    ['\n```\n./scripts/gone.sh --all\n```', '3: there is no scripts/gone.sh'],
    ['`npm run gone`', '1: package.json has no script gone'],
    ['`GET /api/v1/nests/:id/gone`', '1: there is no route GET /api/v1/nests/:id/gone'],
    ['`POST /health`', '1: there is no route POST /health'],
    ['`curl http://localhost:5544/api/v2/nests`', '1: there is no route /api/v2/nests'],
    ['`NESTS_GONE=1 npm start`', '1: nothing reads NESTS_GONE'],
  ])('must be there: %s', (text, problem) => {
    expect(problems(text)).toContain(problem);
  });
});

describe('reading Markdown', () => {
  it('tells code from prose', () => {
    const { code, links, anchors } = readMarkdown(
      '# A `b` c\n# A `b` c\n``x ` y`` [z](u "t")\n~~~\n[n](o)\n~~~\n',
    );
    expect(code.map(({ text }) => text)).toEqual(['b', 'b', 'x ` y', '[n](o)']);
    expect(links).toEqual([{ line: 3, text: 'u' }]);
    expect([...anchors]).toEqual(['a-b-c', 'a-b-c-1']);
  });
});

describe('what the repository has', () => {
  it('is found in its own sources', () => {
    const real = surroundings(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
    expect(real.exists('scripts/test.js')).toBe(true);
    expect(real.exists('scripts/docs/*.js')).toBe(true);
    expect(real.exists('scripts/nowhere.js')).toBe(false);
    expect(real.folders.has('api')).toBe(true);
    expect(real.scripts.has('start')).toBe(true);
    expect(real.routes).toContainEqual({ method: 'GET', path: '/health' });
    expect(real.routes).toContainEqual({ method: 'POST', path: '/api/v1/nests/:id/restart' });
    expect(real.pages).toContain('/create');
    expect(real.known('NESTS_PUBLIC_URL')).toBe(true);
  });
});
