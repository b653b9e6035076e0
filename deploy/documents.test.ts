import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { REPAIR_KINDS } from '../api/nests/repairs.ts';
import { readCompose, ROOT } from './testing/compose.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const operating = read('docs/operating.md');
const deploying = read('docs/deploying.md');

describe('docs/operating.md', () => {
  it('says what to do about every alert, and about none that is not there', () => {
    const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as {
      groups: { rules: { alert: string }[] }[];
    };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const told = [...operating.matchAll(/^\| `((?:Nests|LiveKit)\w+)` \|/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(alerts.sort());
  });

  it('explains every kind of repair', () => {
    const [, table = ''] = operating.split('\n## Repairs\n');
    const told = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z_]+)` \|/gm)].map(
      ([, kind]) => kind,
    );
    expect(told.filter((kind) => kind !== 'repair')).toEqual([...REPAIR_KINDS]);
  });

  it('lists every metric of ours', () => {
    const sources = ['api/metrics.ts', 'api/observed.ts', 'api/http/health.ts', 'api/http/events.ts'].map(
      read,
    );
    const made = new Set(sources.join('\n').match(/(?<=')nests_\w+(?=')/g));
    const told = [...operating.matchAll(/^\| `(nests_\w+)` \|/gm)].map(([, name]) => name);
    expect(made.size).toBeGreaterThan(10);
    expect(told.sort()).toEqual([...made].sort());
  });
});

/** The lines of a `.env`. */
function settingsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** What the chapter about a public domain has people add to `.env`. */
const publicEnv = settingsIn(
  /add to the file `\.env`[\s\S]*?```sh\n([\s\S]*?)```/.exec(deploying)?.[1] ?? '',
);

/** Where Docker listens for an entry of `ports`. */
function publishedAt(entry: string): { address: string; port: string } {
  const [, address = '', port = '', protocol = 'tcp'] = /^(?:(.*):)?(\d+):\d+(?:\/(udp))?$/.exec(entry) ?? [];
  return { address: address || '0.0.0.0', port: `${port}/${protocol}` };
}

const clashes = (a: string, b: string): boolean => a === b || [a, b].includes('0.0.0.0');

describe('docs/deploying.md', () => {
  it('shows YAML that is YAML, and settings that Compose reads', () => {
    const blocks = [...deploying.matchAll(/^( *)```yaml\n([\s\S]*?)\n\1```/gm)].map(
      ([, , text = '']) => text,
    );
    expect(blocks.length).toBeGreaterThan(0);
    for (const text of blocks) expect(parseDocument(text).errors).toEqual([]);
    const files = read('compose.yaml') + read('deploy/Caddyfile');
    const names = Object.keys(publicEnv);
    expect(names).toHaveLength(8);
    for (const name of names)
      if (name !== 'COMPOSE_PROFILES') expect(files).toMatch(new RegExp(`\\$\\{?${name}\\b`));
    expect(read('compose.yaml')).toContain(`profiles: [${publicEnv['COMPOSE_PROFILES']}]`);
  });

  it.each([
    ['one host', ['compose.yaml']],
    ['many nodes', ['compose.yaml', 'compose.many.yaml']],
  ])('has no port twice where TURN has 443 of a second address: %s', (_what, files) => {
    const [, turn = ''] = deploying.split('\n### TURN');
    const [own = '', override = ''] = [...turn.matchAll(/```(?:sh|yaml)\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    );
    const folder = mkdtempSync(path.join(tmpdir(), 'nests-turn-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'override.yaml'), override);
    const { services } = readCompose([...files, path.relative(ROOT, path.join(folder, 'override.yaml'))], {
      ...publicEnv,
      ...settingsIn(own),
    });
    const published = Object.values(services).flatMap(({ ports = [] }) => ports.map(publishedAt));
    expect(published).toContainEqual({ address: '203.0.113.8', port: '443/tcp' });
    for (const [index, one] of published.entries())
      for (const other of published.slice(0, index))
        if (one.port === other.port) expect(clashes(one.address, other.address), one.port).toBe(false);
  });
});
